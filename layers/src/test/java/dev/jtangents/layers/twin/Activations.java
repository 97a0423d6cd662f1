package dev.jtangents.layers.twin;

import static java.lang.Math.PI;
import static java.lang.Math.atan2;
import static java.lang.Math.cos;
import static java.lang.Math.exp;
import static java.lang.Math.expm1;
import static java.lang.Math.pow;
import static java.lang.Math.sqrt;

import org.jspecify.annotations.Nullable;

/** The nonlinearities with moments in closed form. */
final class Activations {
    private static final double SIGMOID_LIKE_SLOPE = 1 / 2.4020563531719796;

    private Activations() {}

    /** The nonlinearity of a name, or null. */
    static @Nullable Activation of(String name, Arguments arguments) {
        double a = arguments.number("a", 1);
        double b = arguments.number("b", 1);
        double c = arguments.number("c", 0);
        return switch (name) {
            case "Relu" -> rectifier(0, 1);
            case "LeakyRelu" -> rectifier(arguments.number("alpha", 0), 1);
            case "Abs" -> rectifier(-1, 1);
            case "ABRelu" -> rectifier(a, b);
            case "Sign" -> sign();
            case "Erf" -> erf(a, b, c);
            case "Sigmoid_like" -> erf(0.5, SIGMOID_LIKE_SLOPE, 0.5);
            case "Gelu" -> gelu();
            case "Sin" -> sin(a, b, c);
            case "Cos" -> sin(a, b, c + PI / 2);
            case "Rbf" -> rbf(arguments.number("gamma", 1));
            case "Exp" -> exponential(a, b);
            case "Gaussian" -> gaussian(a, arguments.number("b", -1));
            case "Gabor" -> gabor();
            case "ExpNormalized" ->
                    expNormalized(
                            arguments.number("gamma", 1),
                            arguments.number("shift", -1),
                            arguments.truth("do_clip", false));
            case "ElementwiseNumerical" ->
                    Quadrature.activation(
                            ScalarFunction.of(arguments.text("fn", "")),
                            arguments.integer("deg", 0));
            default -> Powers.of(name, arguments);
        };
    }

    private static Activation rectifier(double a, double b) {
        double gap = (a - b) * (a - b) / (2 * PI);
        Activation.Moment slope =
                (q, q1, q2) -> (a * a + b * b) / 2 - gap * Activation.angle(q, q1, q2);
        return new Activation(
                (q, q1, q2) ->
                        gap * sqrt(Activation.determinant(q, q1, q2)) + slope.of(q, q1, q2) * q,
                slope);
    }

    private static Activation sign() {
        return new Activation(
                (q, q1, q2) -> 1 - 2 / PI * Activation.angle(q, q1, q2), (q, q1, q2) -> 0);
    }

    private static Activation erf(double a, double b, double c) {
        double s = b * b;
        Activation.Moment root =
                (q, q1, q2) ->
                        sqrt(1 + 2 * s * (q1 + q2) + 4 * s * s * Activation.determinant(q, q1, q2));
        return new Activation(
                (q, q1, q2) -> a * a * 2 / PI * atan2(2 * s * q, root.of(q, q1, q2)) + c * c,
                (q, q1, q2) -> a * a * s * 4 / PI / root.of(q, q1, q2));
    }

    private static Activation gelu() {
        Activation.Moment root =
                (q, q1, q2) -> sqrt(1 + q1 + q2 + Activation.determinant(q, q1, q2));
        return new Activation(
                (q, q1, q2) -> {
                    double d = root.of(q, q1, q2);
                    double p1 = (1 + q1) * (1 + q2);
                    return ((q * q + q1 * q2 * d * d) / (p1 * d) + q * atan2(q, d)) / (2 * PI)
                            + q / 4;
                },
                (q, q1, q2) -> {
                    double d = root.of(q, q1, q2);
                    double p1 = (1 + q1) * (1 + q2);
                    return q / (2 * PI * d) * (1 / (d * d) + (1 - q1 * q2) / p1 + 1)
                            + 0.25
                            + atan2(q, d) / (2 * PI);
                });
    }

    private static Activation sin(double a, double b, double c) {
        double s = b * b;
        return new Activation(
                (q, q1, q2) ->
                        a
                                * a
                                / 2
                                * (exp(s * (q - (q1 + q2) / 2))
                                        - cos(2 * c) * exp(-s * (q + (q1 + q2) / 2))),
                (q, q1, q2) ->
                        a
                                * a
                                * s
                                / 2
                                * (exp(s * (q - (q1 + q2) / 2))
                                        + cos(2 * c) * exp(-s * (q + (q1 + q2) / 2))));
    }

    private static Activation rbf(double gamma) {
        Activation.Moment values = (q, q1, q2) -> exp(gamma * (2 * q - q1 - q2));
        return new Activation(values, (q, q1, q2) -> 2 * gamma * values.of(q, q1, q2));
    }

    private static Activation exponential(double a, double b) {
        Activation.Moment values = (q, q1, q2) -> a * a * exp(b * b * ((q1 + q2) / 2 + q));
        return new Activation(values, (q, q1, q2) -> b * b * values.of(q, q1, q2));
    }

    private static Activation gaussian(double a, double b) {
        Activation.Moment root =
                (q, q1, q2) ->
                        sqrt(1 - 2 * b * (q1 + q2) + 4 * b * b * Activation.determinant(q, q1, q2));
        return new Activation(
                (q, q1, q2) -> a * a / root.of(q, q1, q2),
                (q, q1, q2) -> a * a * 4 * b * b * q / pow(root.of(q, q1, q2), 3));
    }

    private static Activation gabor() {
        return new Activation(
                (q, q1, q2) -> {
                    double d = 4 * Activation.determinant(q, q1, q2);
                    double n = 2 * (q1 + q2) + d + 1;
                    double m = q1 + q2 + d + 2 * q;
                    return exp(-m / (2 * n)) * expm1(2 * q / n) / (2 * sqrt(n));
                },
                (q, q1, q2) -> {
                    double d = 4 * Activation.determinant(q, q1, q2);
                    double sum = q1 + q2;
                    double n = 2 * sum + d + 1;
                    double m = sum + d + 2 * q;
                    double even = 1 + 2 * sum + 4 * (q * q + q1 * q2);
                    double odd = 4 * q * (d + 3 * sum + 2);
                    return exp(-m / (2 * n))
                            * (even - odd + exp(2 * q / n) * (even + odd))
                            / (2 * pow(n, 2.5));
                });
    }

    private static Activation expNormalized(double gamma, double shift, boolean clip) {
        Activation.Moment normalized =
                (q, q1, q2) -> {
                    double correlation = q1 * q2 == 0 ? 0 : q / sqrt(q1 * q2);
                    double clipped = clip ? Math.clamp(correlation, -1, 1) : correlation;
                    return exp(gamma * (clipped + shift));
                };
        return new Activation(
                (q, q1, q2) -> sqrt(q1 * q2) * normalized.of(q, q1, q2),
                (q, q1, q2) -> gamma * normalized.of(q, q1, q2));
    }
}
