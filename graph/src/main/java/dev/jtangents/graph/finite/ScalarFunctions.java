package dev.jtangents.graph.finite;

import org.apache.commons.numbers.gamma.Erf;
import org.apache.commons.numbers.gamma.Erfc;
import org.hipparchus.analysis.differentiation.DerivativeStructure;

/**
 * Functions that the library of differentiated numbers lacks, or gives only where they are smooth.
 */
public final class ScalarFunctions {
    private ScalarFunctions() {}

    /** The error function. */
    public static DerivativeStructure erf(DerivativeStructure x) {
        double[] derivatives = gaussianIntegral(x.getValue(), x.getOrder());
        derivatives[0] = Erf.value(x.getValue());
        return x.compose(derivatives);
    }

    /** x Φ(x), with Φ the standard normal distribution function. */
    public static DerivativeStructure gelu(DerivativeStructure x) {
        DerivativeStructure y = x.divide(-Math.sqrt(2));
        double[] derivatives = gaussianIntegral(y.getValue(), y.getOrder());
        for (int k = 1; k < derivatives.length; k++) {
            derivatives[k] = -derivatives[k];
        }
        derivatives[0] = Erfc.value(y.getValue());
        return x.multiply(y.compose(derivatives)).divide(2);
    }

    /**
     * The derivatives of erf at x from the first on: {@code (-1)^(k-1) 2/√π H_(k-1)(x) exp(-x²)},
     * with H the (physicists') Hermite polynomials. Element 0 is left 0.
     */
    private static double[] gaussianIntegral(double x, int order) {
        double[] derivatives = new double[order + 1];
        double before = 0;
        double hermite = 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
        for (int k = 1; k <= order; k++) {
            derivatives[k] = hermite;
            double next = -2 * x * hermite - 2 * (k - 1) * before;
            before = hermite;
            hermite = next;
        }
        return derivatives;
    }

    /** 1 / (1 + exp(-x)), of any size of x. */
    public static DerivativeStructure logistic(DerivativeStructure x) {
        return x.getValue() >= 0
                ? x.negate().exp().add(1).reciprocal()
                : x.exp().divide(x.exp().add(1));
    }

    /** log(1 + exp(x)), of any size of x. */
    public static DerivativeStructure softplus(DerivativeStructure x) {
        return x.getValue() > 0 ? x.add(x.negate().exp().log1p()) : x.exp().log1p();
    }

    /** {@code a min(x, 0) + b max(x, 0)}; its derivative at 0 is the mean of a and b. */
    public static ScalarFunction rectifier(double a, double b) {
        return new Rectifier(a, b);
    }

    /** The sign of x, whose derivatives are 0 everywhere. */
    public static DerivativeStructure sign(DerivativeStructure x) {
        return x.getFactory().constant(Math.signum(x.getValue()));
    }
}
