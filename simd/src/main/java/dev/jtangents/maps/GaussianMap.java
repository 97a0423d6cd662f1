package dev.jtangents.maps;

/**
 * φ(x) = a exp(b x²). With the variances scaled by -2b:
 *
 * <pre>
 * E[φφ]   = a² / Δ
 * E[φ'φ'] = 4 a² b² q12 / Δ³ (q12 unscaled),    Δ² = (1 + q11)(1 + q22) - q12²
 * </pre>
 *
 * This is a Gaussian integral, the determinant of the identity plus a covariance, which has to be
 * positive definite. For b > 0 it ceases to be, and the expectations are infinite: the variance as
 * soon as 4 b q reaches 1.
 *
 * @param a the outer factor
 * @param b the factor of x², as a rule negative
 */
public record GaussianMap(double a, double b) implements BivariateMap {
    private double delta(double q12, double q11, double q22) {
        double scale = -2 * b;
        if (b <= 0) {
            return Correlation.root(scale * q12, scale * q11, scale * q22);
        }
        double left = 1 + scale * q11;
        double right = 1 + scale * q22;
        double shared = scale * q12 / left * (scale * q12 / right);
        boolean definite = left > 0 && right > 0 && shared < 1;
        return definite ? Math.sqrt(left) * Math.sqrt(right) * Math.sqrt(1 - shared) : 0;
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        return a == 0 ? 0 : a * a / delta(q12, q11, q22);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double delta = delta(q12, q11, q22);
        return a == 0 || q12 == 0 ? 0 : 4 * a * a * b * b * (q12 / delta / delta / delta);
    }

    @Override
    public double variance(double q) {
        return a == 0 ? 0 : a * a / Math.sqrt(Math.max(0, 1 - 4 * b * q));
    }

    @Override
    public double varianceDerivative(double q) {
        double root = Math.sqrt(Math.max(0, 1 - 4 * b * q));
        return a == 0 || q == 0 ? 0 : 4 * a * a * b * b * (q / root / root / root);
    }
}
