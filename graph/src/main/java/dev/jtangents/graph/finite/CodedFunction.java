package dev.jtangents.graph.finite;

import java.util.function.DoubleUnaryOperator;

/**
 * A function that is given as code, which is faster than its formula.
 *
 * @param formula what value and derivative are of
 */
record CodedFunction(
        DoubleUnaryOperator function, DoubleUnaryOperator slope, ScalarFunction formula)
        implements ScalarFunction {
    @Override
    public double value(double x) {
        return function.applyAsDouble(x);
    }

    @Override
    public double derivative(double x) {
        return slope.applyAsDouble(x);
    }

    @Override
    public void taylor(double x, double[] coefficients) {
        formula.taylor(x, coefficients);
    }
}
