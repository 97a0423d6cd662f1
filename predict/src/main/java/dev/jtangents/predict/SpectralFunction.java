package dev.jtangents.predict;

/** A function of an eigenvalue and of the time that the flow has run. */
@FunctionalInterface
interface SpectralFunction {
    double at(double eigenvalue, double rate);

    /** What is left of an initial difference: exp(-λ⁺ rate). */
    static double decay(double eigenvalue, double rate) {
        return Math.exp(-positive(eigenvalue) * rate);
    }

    /** How much of an initial difference is gone: 1 - exp(-λ⁺ rate). */
    static double gone(double eigenvalue, double rate) {
        return -Math.expm1(-positive(eigenvalue) * rate);
    }

    /** {@link #gone} as a change of the difference: exp(-λ⁺ rate) - 1. */
    static double change(double eigenvalue, double rate) {
        return -gone(eigenvalue, rate);
    }

    /**
     * The integral of {@link #decay} from 0 to {@code rate}: (1 - exp(-λ⁺ rate)) / λ⁺, which tends
     * to {@code rate} as the eigenvalue tends to 0 or is rounded to below it.
     */
    static double integral(double eigenvalue, double rate) {
        double positive = positive(eigenvalue);
        // Below this the quotient would be of numbers that have lost digits, or 0 / 0.
        return positive * rate < Double.MIN_NORMAL
                ? rate
                : -Math.expm1(-positive * rate) / positive;
    }

    /** A negative eigenvalue of a covariance is one that rounding has moved below 0. */
    static double positive(double eigenvalue) {
        return Math.max(eigenvalue, 0);
    }
}
