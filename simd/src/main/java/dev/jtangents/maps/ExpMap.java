package dev.jtangents.maps;

/**
 * φ(x) = a exp(b x): E[φφ] = a² exp(b² ((q11 + q22)/2 + q12)), E[φ'φ'] = b² E[φφ].
 *
 * @param a the outer factor
 * @param b the inner factor
 */
public record ExpMap(double a, double b) implements BivariateMap {
    @Override
    public double nngp(double q12, double q11, double q22) {
        return a * a * Math.exp(b * b * (q11 / 2 + q22 / 2 + q12));
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return b * b * nngp(q12, q11, q22);
    }

    @Override
    public double variance(double q) {
        return a * a * Math.exp(2 * b * b * q);
    }

    @Override
    public double varianceDerivative(double q) {
        return b * b * variance(q);
    }
}
