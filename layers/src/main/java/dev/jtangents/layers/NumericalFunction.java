package dev.jtangents.layers;

import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.graph.finite.ScalarFunctions;

import org.apache.commons.numbers.gamma.Erf;
import org.apache.commons.numbers.gamma.Erfc;
import org.hipparchus.analysis.differentiation.DerivativeStructure;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** The functions that {@link Stax#elementwiseNumerical} and the model language know by name. */
public enum NumericalFunction {
    /** The error function. */
    ERF(Erf::value, x -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x), ScalarFunctions::erf),

    /** The hyperbolic tangent. */
    TANH(Math::tanh, x -> (1 - Math.tanh(x)) * (1 + Math.tanh(x)), DerivativeStructure::tanh),

    /** 1 / (1 + exp(-x)). */
    SIGMOID(NumericalFunction::sigmoid, x -> sigmoid(x) * sigmoid(-x), ScalarFunctions::logistic),

    /** log(1 + exp(x)). */
    SOFTPLUS(
            x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
            NumericalFunction::sigmoid,
            ScalarFunctions::softplus),

    /** x Φ(x), with Φ the standard normal distribution function. */
    GELU(
            x -> x * normal(x),
            x -> normal(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI),
            ScalarFunctions::gelu),

    /** x / (1 + exp(-x)). */
    SWISH(
            x -> x * sigmoid(x),
            x -> sigmoid(x) * (1 + x * sigmoid(-x)),
            x -> x.multiply(ScalarFunctions.logistic(x))),

    /** The sine. */
    SIN(Math::sin, Math::cos, DerivativeStructure::sin),

    /** The cosine. */
    COS(Math::cos, x -> -Math.sin(x), DerivativeStructure::cos),

    /** max(x, 0), with a derivative of 0 at 0. */
    RELU(
            x -> Math.max(x, 0),
            x -> x > 0 ? 1 : 0,
            x -> x.getValue() <= 0 ? x.getField().getZero() : x),

    /** The exponential. */
    EXP(Math::exp, Math::exp, DerivativeStructure::exp),

    /** x². */
    SQUARE(x -> x * x, x -> 2 * x, x -> x.multiply(x));

    private final DoubleUnaryOperator function;
    private final DoubleUnaryOperator derivative;
    private final UnaryOperator<DerivativeStructure> formula;

    /** The function and its derivative at full speed, and the formula that all of them follow. */
    NumericalFunction(
            DoubleUnaryOperator function,
            DoubleUnaryOperator derivative,
            UnaryOperator<DerivativeStructure> formula) {
        this.function = function;
        this.derivative = derivative;
        this.formula = formula;
    }

    /** The function at x. */
    public double value(double x) {
        return function.applyAsDouble(x);
    }

    /** The derivative of the function at x. */
    public double derivative(double x) {
        return derivative.applyAsDouble(x);
    }

    ScalarFunction scalarFunction() {
        return ScalarFunction.of(function, derivative, formula);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double normal(double x) {
        return Erfc.value(-x / Math.sqrt(2)) / 2;
    }
}
