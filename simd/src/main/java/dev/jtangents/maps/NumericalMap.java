package dev.jtangents.maps;

import org.hipparchus.analysis.integration.gauss.GaussIntegrator;
import org.hipparchus.analysis.integration.gauss.GaussIntegratorFactory;

import java.util.function.DoubleUnaryOperator;

/**
 * Any φ by Gauss-Hermite quadrature. With nodes zᵢ and weights wᵢ for a standard normal variable,
 * the correlation c of u and v, and s = sqrt(1 - c²):
 *
 * <pre>
 * E[φφ] = Σᵢ wᵢ φ(sqrt(q11) zᵢ) Σⱼ wⱼ φ(sqrt(q22) (c zᵢ + s zⱼ))
 * </pre>
 *
 * and the same of φ' for E[φ'φ']. This is the rule of neural-tangents, node for node, in terms of
 * the correlation, so that variances of 0 and rounding divide by nothing. It converges fast for
 * smooth φ of small variances, and slowly for φ with kinks or when sqrt(q) is large against the
 * scale on which φ changes. As far as it has not converged, it is not symmetric in u and v and need
 * not be positive semidefinite.
 */
public final class NumericalMap implements BivariateMap {
    private final DoubleUnaryOperator function;
    private final DoubleUnaryOperator slope;
    private final double[] points;
    private final double[] weights;

    /**
     * The map of a function.
     *
     * @param function φ
     * @param slope φ'
     * @param nodes the number of nodes, at least 1; 25 is enough for most smooth functions
     */
    public NumericalMap(DoubleUnaryOperator function, DoubleUnaryOperator slope, int nodes) {
        this.function = function;
        this.slope = slope;
        this.points = new double[nodes];
        this.weights = new double[nodes];
        // Its weight is exp(-x²), up to a factor that of a normal variable of variance 1/2.
        GaussIntegrator rule = new GaussIntegratorFactory().hermite(nodes);
        double total = 0;
        for (int i = 0; i < nodes; i++) {
            total += rule.getWeight(i);
        }
        for (int i = 0; i < nodes; i++) {
            points[i] = Math.sqrt(2) * rule.getPoint(i);
            weights[i] = rule.getWeight(i) / total;
        }
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        return expectation(function, q12, q11, q22);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return expectation(slope, q12, q11, q22);
    }

    private double expectation(DoubleUnaryOperator f, double q12, double q11, double q22) {
        double c = Correlation.of(q12, q11, q22);
        double shared = Math.sqrt(q22) * c;
        double own = Math.sqrt(q22) * Correlation.sine(q12, q11, q22);
        double sum = 0;
        for (int i = 0; i < points.length; i++) {
            double inner = 0;
            for (int j = 0; j < points.length; j++) {
                inner += weights[j] * f.applyAsDouble(shared * points[i] + own * points[j]);
            }
            sum += weights[i] * f.applyAsDouble(Math.sqrt(q11) * points[i]) * inner;
        }
        return sum;
    }

    @Override
    public double variance(double q) {
        return square(function, q);
    }

    @Override
    public double varianceDerivative(double q) {
        return square(slope, q);
    }

    private double square(DoubleUnaryOperator f, double q) {
        double sum = 0;
        for (int i = 0; i < points.length; i++) {
            double value = f.applyAsDouble(Math.sqrt(q) * points[i]);
            sum += weights[i] * value * value;
        }
        return sum;
    }

    @Override
    public String toString() {
        return "NumericalMap[nodes=" + points.length + "]";
    }
}
