package dev.jtangents.maps;

/**
 * The kernel E[φφ] = sqrt(q11 q22) exp(γ (c + shift)), with c the correlation of u and v, and
 * E[φ'φ'] = γ exp(γ (c + shift)), its derivative by q12 (Shankar et al. 2020, arXiv:2003.02237,
 * page 6). It is a kernel, as the exponential has no negative coefficients, but of no φ in closed
 * form. A variance of 0 counts as c = 0.
 *
 * @param gamma the factor γ of the correlation, at least 0
 * @param shift what is added to the correlation
 */
public record ExpNormalizedMap(double gamma, double shift) implements BivariateMap {
    @Override
    public double nngp(double q12, double q11, double q22) {
        double c = Correlation.of(q12, q11, q22);
        double scale = Math.sqrt(q11) * Math.sqrt(q22);
        return scale == 0 ? 0 : scale * Math.exp(gamma * (c + shift));
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double c = Correlation.of(q12, q11, q22);
        return gamma == 0 ? 0 : gamma * Math.exp(gamma * (c + shift));
    }

    @Override
    public double variance(double q) {
        return q == 0 ? 0 : q * Math.exp(gamma * (1 + shift));
    }

    @Override
    public double varianceDerivative(double q) {
        return q == 0 ? derivative(0, 0, 0) : gamma * Math.exp(gamma * (1 + shift));
    }
}
