package dev.jtangents.maps;

/**
 * φ(x) = exp(-x²) sin(x), a Gaussian integral over complex exponentials. With s = q11 + q22, n = (1
 * + 2 q11)(1 + 2 q22) - 4 q12², r = q12 / n and t = (1 + s) / n:
 *
 * <pre>
 * E[φφ]   = exp((t - 1) / 2) sinh(r) / n^(1/2)
 * E[φ'φ'] = exp((t - 1) / 2) ((1 + 8 r q12) cosh(r) + 4 q12 (1 + t) sinh(r)) / n^(3/2)
 * </pre>
 *
 * The hyperbolic sine keeps the digits of tiny inputs, and |r| is below 1/4, so that huge ones do
 * not overflow; n is never formed itself, but its square root is.
 */
public record GaborMap() implements BivariateMap {
    private static double root(double q12, double q11, double q22) {
        return Correlation.root(1 + 2 * q11 + 2 * q22, 2 * q12, 2 * q11, 2 * q22);
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        double root = root(q12, q11, q22);
        double t = (1 + q11 + q22) / root / root;
        return Math.exp((t - 1) / 2) * Math.sinh(q12 / root / root) / root;
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double root = root(q12, q11, q22);
        double t = (1 + q11 + q22) / root / root;
        double r = q12 / root / root;
        double even = (1 + 8 * r * q12) * Math.cosh(r);
        double odd = 4 * q12 * (1 + t) * Math.sinh(r);
        return Math.exp((t - 1) / 2) * ((even + odd) / root / root / root);
    }

    @Override
    public double variance(double q) {
        double n = 1 + 4 * q;
        return -Math.expm1(-2 * q / n) / (2 * Math.sqrt(n));
    }

    @Override
    public double varianceDerivative(double q) {
        return derivative(q, q, q);
    }
}
