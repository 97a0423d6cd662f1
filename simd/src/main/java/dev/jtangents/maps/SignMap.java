package dev.jtangents.maps;

/**
 * φ(x) = sign(x): E[φφ] = (2/π) asin(c), with c the correlation of u and v, by atan2, which keeps
 * the digits at both ends. The derivative is 0 by convention: that of the sign is a Dirac pulse,
 * whose expectation of squares has no finite value.
 */
public record SignMap() implements BivariateMap {
    @Override
    public double nngp(double q12, double q11, double q22) {
        double c = Correlation.of(q12, q11, q22);
        return 2 / Math.PI * Math.atan2(c, Correlation.sine(q12, q11, q22));
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return 0;
    }

    @Override
    public double variance(double q) {
        return q == 0 ? 0 : 1;
    }

    @Override
    public double varianceDerivative(double q) {
        return 0;
    }
}
