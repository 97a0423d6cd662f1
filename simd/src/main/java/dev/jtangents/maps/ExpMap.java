package dev.jtangents.maps;

/**
 * φ(x) = a exp(b x): E[φφ] = a² exp(b² ((q11 + q22)/2 + q12)), E[φ'φ'] = b² E[φφ]. Beyond the range
 * of f64, once 2 b² q is above 709, they are infinite and never NaN.
 *
 * @param a the outer factor
 * @param b the inner factor
 */
public record ExpMap(double a, double b) implements BivariateMap {
    @Override
    public double nngp(double q12, double q11, double q22) {
        double root = Math.exp(b * (b * Correlation.meanVariance(q12, q11, q22)));
        return a == 0 ? 0 : (a * root) * (a * root);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return b * b * nngp(q12, q11, q22);
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
