package dev.jtangents.graph.finite;

import org.hipparchus.analysis.differentiation.DerivativeStructure;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** A function of one number that acts on each element of an array, and its derivatives. */
public interface ScalarFunction {
    /** The value at x. */
    double value(double x);

    /** The first derivative at x. Where there is none, one of a convention that is documented. */
    double derivative(double x);

    /**
     * The Taylor coefficients at x: coefficient k becomes the k-th derivative divided by k!.
     *
     * @param coefficients as many as are wanted, at least one
     */
    void taylor(double x, double[] coefficients);

    /** The values at the first {@code count} of some numbers; both arrays may be the same. */
    default void values(double[] x, double[] result, int count) {
        for (int i = 0; i < count; i++) {
            result[i] = value(x[i]);
        }
    }

    /** The first derivatives at the first {@code count} of some numbers, in the same way. */
    default void derivatives(double[] x, double[] result, int count) {
        for (int i = 0; i < count; i++) {
            result[i] = derivative(x[i]);
        }
    }

    /** A smooth function, by its formula on numbers that carry their derivatives. */
    static ScalarFunction of(UnaryOperator<DerivativeStructure> formula) {
        return new SmoothFunction(formula);
    }

    /** The same, with faster code for its value and first derivative. */
    static ScalarFunction of(
            DoubleUnaryOperator value,
            DoubleUnaryOperator derivative,
            UnaryOperator<DerivativeStructure> formula) {
        return new CodedFunction(value, derivative, of(formula));
    }

    /**
     * A function whose higher derivatives are unknown.
     *
     * @param name what a message calls it when a Taylor coefficient above the first is asked for
     */
    static ScalarFunction of(
            String name, DoubleUnaryOperator value, DoubleUnaryOperator derivative) {
        return new OpaqueFunction(name, value, derivative);
    }

    /**
     * A function whose derivatives are all unknown: networks of it can only be applied.
     *
     * @param name what a message calls it when a derivative is asked for
     */
    static ScalarFunction withoutDerivative(String name, DoubleUnaryOperator value) {
        return new OpaqueFunction(name, value, null);
    }
}
