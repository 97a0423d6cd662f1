package dev.jtangents.layers.twin;

import static java.lang.Math.PI;
import static java.lang.Math.pow;

import org.jspecify.annotations.Nullable;

import java.util.stream.IntStream;

/** Polynomials and rectified powers. */
final class Powers {
    private Powers() {}

    /** The nonlinearity of a name, or null. */
    static @Nullable Activation of(String name, Arguments arguments) {
        int degree = arguments.integer("degree", 0);
        return switch (name) {
            case "Monomial" -> {
                double[] coefficients = new double[degree + 1];
                coefficients[degree] = 1;
                yield polynomial(coefficients);
            }
            case "Polynomial" -> polynomial(arguments.numbers("coef"));
            case "Hermite" ->
                    new Activation(
                            (q, q1, q2) -> pow(q, degree),
                            (q, q1, q2) -> degree == 0 ? 0 : degree * pow(q, degree - 1));
            case "RectifiedMonomial" -> rectified(degree);
            default -> null;
        };
    }

    /**
     * A power is a sum of Hermite polynomials of its variable, scaled to unit variance, and those
     * of different degrees do not covary; the variances are left in the coefficients.
     */
    private static Activation polynomial(double[] coefficients) {
        return new Activation(
                (q, q1, q2) ->
                        IntStream.range(0, coefficients.length)
                                .mapToDouble(
                                        l ->
                                                hermite(coefficients, l, q1)
                                                        * hermite(coefficients, l, q2)
                                                        * pow(q, l))
                                .sum(),
                (q, q1, q2) ->
                        IntStream.range(1, coefficients.length)
                                .mapToDouble(
                                        l ->
                                                l
                                                        * hermite(coefficients, l, q1)
                                                        * hermite(coefficients, l, q2)
                                                        * pow(q, l - 1))
                                .sum());
    }

    private static double hermite(double[] coefficients, int l, double variance) {
        double sum = 0;
        for (int i = 0; 2 * i + l < coefficients.length; i++) {
            sum +=
                    coefficients[2 * i + l]
                            * factorial(2 * i + l)
                            / (pow(2, i) * factorial(i) * Math.sqrt(factorial(l)))
                            * pow(variance, i);
        }
        return sum;
    }

    private static double factorial(int n) {
        return IntStream.rangeClosed(1, n).asDoubleStream().reduce(1, (a, b) -> a * b);
    }

    private static Activation rectified(int degree) {
        return new Activation(
                (q, q1, q2) -> rectifiedMoment(degree, q, q1, q2),
                (q, q1, q2) ->
                        degree == 0 ? 0 : degree * degree * rectifiedMoment(degree - 1, q, q1, q2));
    }

    private static double rectifiedMoment(int n, double q, double q1, double q2) {
        return pow(q1 * q2, n / 2.0) / (2 * PI) * arc(n, Activation.angle(q, q1, q2));
    }

    /**
     * In polar coordinates the radius integrates to 2ⁿ n!, and the angle φ to ∫ cosⁿ φ cosⁿ(φ − θ)
     * over what is positive, which is n! ∫ (cos θ + cos ψ)ⁿ dψ from 0 to π − θ.
     */
    private static double arc(int n, double angle) {
        double sum = 0;
        for (int k = 0; k <= n; k++) {
            double binomial = factorial(n) / (factorial(k) * factorial(n - k));
            sum += binomial * pow(Math.cos(angle), n - k) * cosinePower(k, PI - angle);
        }
        return factorial(n) * sum;
    }

    /** ∫ cosᵏ ψ dψ from 0 to the end. */
    private static double cosinePower(int k, double end) {
        return switch (k) {
            case 0 -> end;
            case 1 -> Math.sin(end);
            default ->
                    pow(Math.cos(end), k - 1) * Math.sin(end) / k
                            + (k - 1.0) / k * cosinePower(k - 2, end);
        };
    }
}
