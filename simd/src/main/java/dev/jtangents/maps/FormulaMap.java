package dev.jtangents.maps;

import org.jspecify.annotations.Nullable;

/**
 * A map of the user's own formula for E[φφ], with one for E[φ'φ'] or without. Without, it is the
 * derivative of the former by q12 (Price's theorem), computed numerically ({@link
 * NumericalDerivative}, which says how accurately).
 */
public final class FormulaMap implements BivariateMap {
    /** A function of a covariance and the two variances. */
    @FunctionalInterface
    public interface Formula {
        /** Its value; {@code |q12| <= sqrt(q11 q22)} up to rounding. */
        double at(double q12, double q11, double q22);
    }

    private final Formula nngp;
    private final Formula derivative;

    /**
     * The map of two formulas.
     *
     * @param nngp E[φφ]
     * @param derivative E[φ'φ'], or null for the numerical derivative of {@code nngp}
     */
    public FormulaMap(Formula nngp, @Nullable Formula derivative) {
        this.nngp = nngp;
        this.derivative = derivative == null ? new NumericalDerivative(nngp) : derivative;
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        return nngp.at(q12, q11, q22);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        return derivative.at(q12, q11, q22);
    }

    @Override
    public double variance(double q) {
        return nngp.at(q, q, q);
    }

    @Override
    public double varianceDerivative(double q) {
        return derivative.at(q, q, q);
    }
}
