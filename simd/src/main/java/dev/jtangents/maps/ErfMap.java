package dev.jtangents.maps;

/**
 * φ(x) = a erf(b x) + c (Williams 1997, equation 11). With the variances scaled by b²:
 *
 * <pre>
 * E[φφ]   = a² (2/π) atan2(2 q12, Δ) + c²
 * E[φ'φ'] = a² b² (4/π) / Δ,    Δ² = (1 + 2 q11)(1 + 2 q22) - 4 q12²
 * </pre>
 *
 * @param a the outer factor
 * @param b the inner factor
 * @param c the shift
 */
public record ErfMap(double a, double b, double c) implements BivariateMap {
    private static double delta(double q12, double q11, double q22) {
        return Correlation.root(2 * q12, 2 * q11, 2 * q22);
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        double scale = b * b;
        double delta = delta(scale * q12, scale * q11, scale * q22);
        return a * a * (2 / Math.PI) * Math.atan2(2 * scale * q12, delta) + c * c;
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double scale = b * b;
        return a * a * scale * (4 / Math.PI) / delta(scale * q12, scale * q11, scale * q22);
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
