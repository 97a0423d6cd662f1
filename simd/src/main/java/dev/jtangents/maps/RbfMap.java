package dev.jtangents.maps;

/**
 * The radial basis function kernel E[φφ] = exp(-γ (q11 + q22 - 2 q12)), E[φ'φ'] = 2γ E[φφ], of φ(x)
 * = sqrt(2) sin(sqrt(2γ) x + π/4). Its exponent is never above 0, whatever the rounding of q12.
 *
 * @param gamma the inverse squared length scale γ
 */
public record RbfMap(double gamma) implements BivariateMap {
    @Override
    public double nngp(double q12, double q11, double q22) {
        return Math.exp(-4 * (gamma * Correlation.meanVariance(-q12, q11, q22)));
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return 2 * gamma * nngp(q12, q11, q22);
    }

    @Override
    public double variance(double q) {
        return 1;
    }

    @Override
    public double varianceDerivative(double q) {
        return 2 * gamma;
    }
}
