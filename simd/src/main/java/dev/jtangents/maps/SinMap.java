package dev.jtangents.maps;

/**
 * φ(x) = a sin(b x + c). With s = q11 + q22, and the variances scaled by b²:
 *
 * <pre>
 * E[φφ]   = a²/2 (exp(q12 - s/2) - cos(2c) exp(-q12 - s/2))
 * E[φ'φ'] = a² b²/2 (exp(q12 - s/2) + cos(2c) exp(-q12 - s/2))
 * </pre>
 *
 * The difference is taken as a hyperbolic sine, so that tiny inputs keep their digits; both
 * exponents are at most 0, so that huge inputs do not overflow.
 *
 * @param a the outer factor
 * @param b the inner factor
 * @param c the phase
 */
public record SinMap(double a, double b, double c) implements BivariateMap {
    @Override
    public double nngp(double q12, double q11, double q22) {
        double q = b * b * q12;
        double half = b * b * (q11 / 2 + q22 / 2);
        double sine = -Math.expm1(-2 * Math.abs(q)) / 2 * Math.exp(Math.abs(q) - half);
        double phase = Math.sin(c);
        return a * a * (Math.copySign(sine, q) + phase * phase * Math.exp(-q - half));
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double q = b * b * q12;
        double half = b * b * (q11 / 2 + q22 / 2);
        return a * a * b * b / 2 * (Math.exp(q - half) + Math.cos(2 * c) * Math.exp(-q - half));
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
