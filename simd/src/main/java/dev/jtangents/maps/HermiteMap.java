package dev.jtangents.maps;

/**
 * φ(x) = Heₙ(x) / sqrt(n!), the normalised Hermite polynomial of the standard normal distribution:
 * E[φφ] = q12ⁿ and E[φ'φ'] = n q12ⁿ⁻¹, by Mehler's formula. This holds for variances of 1 and is
 * used for all, as the layer's purpose is this kernel; {@link PolynomialMap} with the coefficients
 * of Heₙ is right for every variance.
 *
 * @param degree the degree n, at least 0
 */
public record HermiteMap(int degree) implements BivariateMap {
    @Override
    public double nngp(double q12, double q11, double q22) {
        return Math.pow(q12, degree);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return degree == 0 ? 0 : degree * Math.pow(q12, degree - 1);
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
