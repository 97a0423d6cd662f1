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
 * The hyperbolic sine keeps the digits of tiny inputs. |r| is below 1/4, so that it does not
 * overflow for huge ones; nor does the square root of n, by which everything is divided.
 */
public record GaborMap() implements BivariateMap {
    private static double root(double q12, double q11, double q22) {
        return Correlation.root(2 * q12, 2 * q11, 2 * q22);
    }

    /** t, from the root of n. */
    private static double share(double root, double q11, double q22) {
        return (1 / root / root) + (q11 / root / root) + (q22 / root / root);
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        double root = root(q12, q11, q22);
        double t = share(root, q11, q22);
        return Math.exp((t - 1) / 2) * Math.sinh(q12 / root / root) / root;
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double root = root(q12, q11, q22);
        double t = share(root, q11, q22);
        double r = q12 / root / root;
        double even = (1 + 8 * r * q12) * Math.cosh(r);
        double odd = 4 * (1 + t) * Math.sinh(r) * q12;
        return Math.exp((t - 1) / 2) * ((even + odd) / root / root / root);
    }

    @Override
    public double variance(double q) {
        return nngp(q, q, q);
    }

    @Override
    public double varianceDerivative(double q) {
        return derivative(q, q, q);
    }
}
