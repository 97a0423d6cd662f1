package dev.jtangents.maps;

/**
 * Many layers as one map, where the kernels depend on the variances by their scale alone. With θ
 * the angle whose cosine is the correlation:
 *
 * <pre>
 * K = gain sqrt(q11 q22) f(θ),    f(0) = 1
 * Θ = gain sqrt(q11 q22) g(θ)
 * </pre>
 *
 * {@link #derivative} is the Θ of all layers, that of an NTK of 1 before them. A variance of 0
 * counts as θ = π/2.
 *
 * @param gain K of an example of variance 1 with itself
 * @param ntkAtZero g(0), which the polynomial has rounded
 * @param nngp f
 * @param ntk g
 */
public record AngularMap(double gain, double ntkAtZero, AnglePolynomial nngp, AnglePolynomial ntk)
        implements BivariateMap {
    @Override
    public double nngp(double q12, double q11, double q22) {
        return size(q11, q22) * nngp.at(Correlation.angle(q12, q11, q22));
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return size(q11, q22) * ntk.at(Correlation.angle(q12, q11, q22));
    }

    private double size(double q11, double q22) {
        return gain * Math.sqrt(q11) * Math.sqrt(q22);
    }

    @Override
    public double variance(double q) {
        return gain * q;
    }

    @Override
    public double varianceDerivative(double q) {
        return gain * q * ntkAtZero;
    }

    @Override
    public String toString() {
        return "all layers as polynomials of the angle, of degrees "
                + nngp.degree()
                + " (nngp) and "
                + ntk.degree()
                + " (ntk),";
    }
}
