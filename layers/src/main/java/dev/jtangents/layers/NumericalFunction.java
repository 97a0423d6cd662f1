package dev.jtangents.layers;

import org.hipparchus.special.Erf;

import java.util.function.DoubleUnaryOperator;

/** The functions that {@link Stax#elementwiseNumerical} and the model language know by name. */
public enum NumericalFunction {
    /** The error function. */
    ERF(Erf::erf, x -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x)),

    /** The hyperbolic tangent. */
    TANH(Math::tanh, x -> (1 - Math.tanh(x)) * (1 + Math.tanh(x))),

    /** 1 / (1 + exp(-x)). */
    SIGMOID(NumericalFunction::sigmoid, x -> sigmoid(x) * sigmoid(-x)),

    /** log(1 + exp(x)). */
    SOFTPLUS(x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), NumericalFunction::sigmoid),

    /** x Φ(x), with Φ the standard normal distribution function. */
    GELU(x -> x * normal(x), x -> normal(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI)),

    /** x / (1 + exp(-x)). */
    SWISH(x -> x * sigmoid(x), x -> sigmoid(x) * (1 + x * sigmoid(-x))),

    /** The sine. */
    SIN(Math::sin, Math::cos),

    /** The cosine. */
    COS(Math::cos, x -> -Math.sin(x)),

    /** max(x, 0), with a derivative of 0 at 0. */
    RELU(x -> Math.max(x, 0), x -> x > 0 ? 1 : 0),

    /** The exponential. */
    EXP(Math::exp, Math::exp),

    /** x². */
    SQUARE(x -> x * x, x -> 2 * x);

    private final DoubleUnaryOperator function;
    private final DoubleUnaryOperator derivative;

    NumericalFunction(DoubleUnaryOperator function, DoubleUnaryOperator derivative) {
        this.function = function;
        this.derivative = derivative;
    }

    /** The function at x. */
    public double value(double x) {
        return function.applyAsDouble(x);
    }

    /** The derivative of the function at x. */
    public double derivative(double x) {
        return derivative.applyAsDouble(x);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double normal(double x) {
        return Erf.erfc(-x / Math.sqrt(2)) / 2;
    }
}
