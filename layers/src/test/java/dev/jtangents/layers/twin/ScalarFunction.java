package dev.jtangents.layers.twin;

import java.util.function.DoubleUnaryOperator;

/** The functions that ElementwiseNumerical may name. */
record ScalarFunction(DoubleUnaryOperator value, DoubleUnaryOperator derivative) {
    static ScalarFunction of(String name) {
        return switch (name) {
            case "erf" ->
                    new ScalarFunction(
                            ScalarFunction::erf, x -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x));
            case "tanh" -> new ScalarFunction(Math::tanh, x -> Math.pow(Math.cosh(x), -2));
            case "sigmoid" ->
                    new ScalarFunction(ScalarFunction::sigmoid, x -> sigmoid(x) * sigmoid(-x));
            case "softplus" ->
                    new ScalarFunction(
                            x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
                            ScalarFunction::sigmoid);
            case "swish" ->
                    new ScalarFunction(
                            x -> x * sigmoid(x), x -> sigmoid(x) + x * sigmoid(x) * sigmoid(-x));
            case "gelu" ->
                    new ScalarFunction(
                            x -> x * normal(x),
                            x -> normal(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI));
            case "sin" -> new ScalarFunction(Math::sin, Math::cos);
            case "cos" -> new ScalarFunction(Math::cos, x -> -Math.sin(x));
            case "relu" -> new ScalarFunction(x -> Math.max(x, 0), x -> x > 0 ? 1 : 0);
            case "exp" -> new ScalarFunction(Math::exp, Math::exp);
            case "square" -> new ScalarFunction(x -> x * x, x -> 2 * x);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double normal(double x) {
        return (1 + erf(x / Math.sqrt(2))) / 2;
    }

    /** All terms of this series have one sign: nothing cancels. */
    private static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double sum = 0;
        double term = x;
        for (int n = 0; sum + term != sum; n++) {
            sum += term;
            term *= 2 * x * x / (2 * n + 3);
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}
