package dev.jtangents.maps;

/**
 * φ(x) = a sin(b x + c), a Gaussian integral over complex exponentials. With s = q11 + q22, and the
 * variances scaled by b²:
 *
 * <pre>
 * E[φφ]   = a² (exp(-s/2) sinh(q12) + sin²(c) exp(-q12 - s/2))
 * E[φ'φ'] = a² b² (exp(-s/2) sinh(q12) + cos²(c) exp(-q12 - s/2))
 * </pre>
 *
 * As sin²(c) and cos²(c) stand apart, whichever is 0 leaves the hyperbolic sine, which keeps the
 * digits of tiny inputs. No exponent is above 0, so that huge inputs do not overflow.
 *
 * @param a the outer factor
 * @param b the inner factor
 * @param c the phase
 */
public record SinMap(double a, double b, double c) implements BivariateMap {
    /** The bracket, for either square of the phase. */
    private double wave(double phase, double q12, double q11, double q22) {
        double size = Math.abs(q12);
        double sine = -Math.expm1(-2 * b * (b * size)) / 2 * exponential(-size, q11, q22);
        return Math.copySign(sine, q12) + phase * phase * exponential(q12, q11, q22);
    }

    /** exp(-q12 - s/2). */
    private double exponential(double q12, double q11, double q22) {
        return Math.exp(-2 * b * (b * Correlation.meanVariance(q12, q11, q22)));
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        return a * a * wave(Math.sin(c), q12, q11, q22);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return a * a * b * b * wave(Math.cos(c), q12, q11, q22);
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
