package dev.jtangents.graph.finite;

import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import java.util.function.DoubleUnaryOperator;

/**
 * A function that is given as code, of which no formula is known.
 *
 * @param name what messages call it
 * @param slope its first derivative, or null when that is unknown too
 */
record OpaqueFunction(
        String name, DoubleUnaryOperator function, @Nullable DoubleUnaryOperator slope)
        implements ScalarFunction {
    @Override
    public double value(double x) {
        return function.applyAsDouble(x);
    }

    @Override
    public double derivative(double x) {
        if (slope == null) {
            throw new InputException(
                    name
                            + " is given without its derivative: the network can be applied, but"
                            + " not differentiated.");
        }
        return slope.applyAsDouble(x);
    }

    @Override
    public void taylor(double x, double[] coefficients) {
        if (coefficients.length > 2) {
            throw new InputException(
                    name
                            + " is given by its value and at most one derivative: Taylor expansions"
                            + " of it end at degree 1.");
        }
        coefficients[0] = value(x);
        if (coefficients.length > 1) {
            coefficients[1] = derivative(x);
        }
    }
}
