package dev.jtangents.maps;

/**
 * φ(x) = a exp(b x²). With the variances scaled by -2b:
 *
 * <pre>
 * E[φφ]   = a² / Δ
 * E[φ'φ'] = 4 a² b² q12 / Δ³ (q12 unscaled),    Δ² = (1 + q11)(1 + q22) - q12²
 * </pre>
 *
 * This is a Gaussian integral, the determinant of the identity plus a covariance. Δ² is taken as 1
 * + q11 + q22 and the determinant of the covariance, which is never negative, so that it is above 1
 * for b < 0 whatever the rounding. For b > 0 there is no expectation once 4 b q >= 1: the variance
 * is infinite.
 *
 * @param a the outer factor
 * @param b the factor of x², as a rule negative
 */
public record GaussianMap(double a, double b) implements BivariateMap {
    private double delta(double q12, double q11, double q22) {
        double scale = -2 * b;
        double sum = 1 + scale * q11 + scale * q22;
        return Correlation.root(sum, scale * q12, scale * q11, scale * q22);
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        return a * a / delta(q12, q11, q22);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double delta = delta(q12, q11, q22);
        return 4 * a * a * b * b * (q12 / delta / delta / delta);
    }

    @Override
    public double variance(double q) {
        return a * a / Math.sqrt(Math.max(0, 1 - 4 * b * q));
    }

    @Override
    public double varianceDerivative(double q) {
        double root = Math.sqrt(Math.max(0, 1 - 4 * b * q));
        return 4 * a * a * b * b * (q / root / root / root);
    }
}
