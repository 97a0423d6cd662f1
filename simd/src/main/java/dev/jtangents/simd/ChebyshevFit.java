package dev.jtangents.simd;

import java.util.function.DoubleUnaryOperator;

/** Polynomials that agree with a smooth function on an interval, by Chebyshev interpolation. */
final class ChebyshevFit {
    private ChebyshevFit() {}

    /**
     * The coefficients, from degree 0 up, of the polynomial through the Chebyshev nodes of an
     * interval that starts at 0. Near the rounding error of f64 they are as good as minimax.
     */
    static double[] coefficients(DoubleUnaryOperator function, int degree, double end) {
        int nodes = degree + 1;
        double[] series = new double[nodes];
        for (int i = 0; i < nodes; i++) {
            double angle = Math.PI * (i + 0.5) / nodes;
            double value = function.applyAsDouble(end / 2 * (1 + Math.cos(angle)));
            for (int k = 0; k < nodes; k++) {
                series[k] += (k == 0 ? 1 : 2) * value * Math.cos(k * angle) / nodes;
            }
        }
        return monomials(series, end);
    }

    /** Sums series[k] T_k(2 x / end - 1) as powers of x, by the recurrence of the T_k. */
    private static double[] monomials(double[] series, double end) {
        double[] sum = new double[series.length];
        double[] previous = new double[series.length];
        double[] current = new double[series.length];
        current[0] = 1;
        for (int k = 0; k < series.length; k++) {
            double[] next = new double[series.length];
            double twice = k == 0 ? 1 : 2;
            for (int i = 0; i < series.length; i++) {
                sum[i] += series[k] * current[i];
                double raised = i == 0 ? 0 : 2 / end * current[i - 1];
                next[i] = twice * (raised - current[i]) - (k == 0 ? 0 : previous[i]);
            }
            previous = current;
            current = next;
        }
        return sum;
    }
}
