package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;

import org.hipparchus.analysis.differentiation.DerivativeStructure;
import org.hipparchus.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** Functions of numbers with their derivatives. */
class ScalarFunctionTest {
    /** A formula, and the same function by other means where it is accurate. */
    private record Known(
            String name, UnaryOperator<DerivativeStructure> formula, DoubleUnaryOperator value) {}

    private static final List<Known> KNOWN =
            List.of(
                    new Known("erf", ScalarFunctions::erf, Erf::erf),
                    new Known(
                            "gelu",
                            ScalarFunctions::gelu,
                            x -> x * Erf.erfc(-x / Math.sqrt(2)) / 2),
                    new Known("logistic", ScalarFunctions::logistic, x -> 1 / (1 + Math.exp(-x))),
                    new Known(
                            "softplus",
                            ScalarFunctions::softplus,
                            x -> Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0)));

    private static double[] taylor(ScalarFunction function, double x, int degree) {
        double[] coefficients = new double[degree + 1];
        function.taylor(x, coefficients);
        return coefficients;
    }

    @Test
    void taylorCoefficientsAreThoseOfTheFunction() {
        for (Known known : KNOWN) {
            for (double x = -6; x <= 6; x += 0.375) {
                double centre = x;
                double[][] series =
                        PowerSeries.of(
                                step -> new double[] {known.value().applyAsDouble(centre + step)},
                                0.3,
                                6);
                double[] coefficients = taylor(ScalarFunction.of(known.formula()), x, 5);
                for (int k = 0; k <= 5; k++) {
                    assertEquals(series[k][0], coefficients[k], 2e-7, known.name() + " " + x);
                }
            }
        }
    }

    @Test
    void largeNumbersHaveLimits() {
        double[] zeros = new double[6];
        for (double x : new double[] {50, 1e3, 1e6, 1e20}) {
            assertArrayEquals(new double[] {1, 0, 0, 0, 0, 0}, of(ScalarFunctions::erf, x));
            assertArrayEquals(new double[] {-1, 0, 0, 0, 0, 0}, of(ScalarFunctions::erf, -x));
            assertArrayEquals(new double[] {x, 1, 0, 0, 0, 0}, of(ScalarFunctions::gelu, x));
            assertArrayEquals(zeros, of(ScalarFunctions::gelu, -x));
            double[] one = {1, 0, 0, 0, 0, 0};
            assertArrayEquals(one, of(ScalarFunctions::logistic, x), 1e-20);
            assertArrayEquals(zeros, of(ScalarFunctions::logistic, -x), 1e-20);
            double[] line = {x, 1, 0, 0, 0, 0};
            assertArrayEquals(line, of(ScalarFunctions::softplus, x), 1e-20);
            assertArrayEquals(zeros, of(ScalarFunctions::softplus, -x), 1e-20);
        }
    }

    /** With -0 as 0. */
    private static double[] of(UnaryOperator<DerivativeStructure> formula, double x) {
        double[] coefficients = taylor(ScalarFunction.of(formula), x, 5);
        for (int k = 0; k < coefficients.length; k++) {
            coefficients[k] += 0.0;
        }
        return coefficients;
    }

    @Test
    void aRectifierHasTheMeanOfItsSlopesAtTheKink() {
        ScalarFunction leaky = ScalarFunctions.rectifier(0.1, 0.7);
        assertArrayEquals(new double[] {1.4, 0.7, 0, 0}, taylor(leaky, 2, 3), 1e-15);
        assertArrayEquals(new double[] {-0.2, 0.1, 0, 0}, taylor(leaky, -2, 3), 1e-15);
        assertArrayEquals(new double[] {0, 0.4, 0, 0}, taylor(leaky, 0, 3), 1e-15);
        assertArrayEquals(new double[] {0, 0.4, 0, 0}, taylor(leaky, -0.0, 3), 1e-15);
        double[] numbers = {2, -2, 0, -0.0, Double.NaN, 1e300, 8};
        double[] slopes = {9, 9, 9, 9, 9, 9, 9};
        leaky.derivatives(numbers, slopes, 6);
        assertArrayEquals(new double[] {0.7, 0.1, 0.4, 0.4, Double.NaN, 0.7, 9}, slopes, 1e-15);
        leaky.values(numbers, numbers, 6);
        assertArrayEquals(new double[] {1.4, -0.2, 0, 0, Double.NaN, 7e299, 8}, numbers, 1e284);
        assertEquals(Double.NaN, leaky.derivative(Double.NaN));
        assertEquals(Double.NaN, leaky.value(Double.NaN));
    }

    @Test
    void theSignHasNoSlope() {
        ScalarFunction sign = ScalarFunction.of(ScalarFunctions::sign);
        assertArrayEquals(new double[] {1, 0, 0}, taylor(sign, 1e-300, 2));
        assertArrayEquals(new double[] {-1, 0, 0}, taylor(sign, -7, 2));
        assertArrayEquals(new double[] {0, 0, 0}, taylor(sign, 0, 2));
        assertEquals(Double.NaN, sign.value(Double.NaN));
    }

    /** In place, no further than they are asked to, and as one at a time. */
    @Test
    void functionsActOnManyNumbersAsOnOne() {
        List<ScalarFunction> functions =
                List.of(
                        ScalarFunction.of(DerivativeStructure::tanh),
                        ScalarFunction.of(Math::tanh, x -> 3, DerivativeStructure::tanh),
                        ScalarFunction.of("Mine", Math::cbrt, x -> 1 / x),
                        ScalarFunctions.rectifier(-1, 1));
        for (ScalarFunction function : functions) {
            double[] given = {0.5, -2, 3, 0.25};
            double[] values = given.clone();
            double[] slopes = given.clone();
            function.values(values, values, 3);
            function.derivatives(slopes, slopes, 3);
            for (int i = 0; i < 3; i++) {
                assertEquals(function.value(given[i]), values[i]);
                assertEquals(function.derivative(given[i]), slopes[i]);
            }
            assertEquals(0.25, values[3]);
            assertEquals(0.25, slopes[3]);
        }
    }

    @Test
    void codeStandsForValueAndSlopeAndTheFormulaForTheRest() {
        ScalarFunction coded = ScalarFunction.of(x -> 10, x -> 20, x -> x.multiply(x).multiply(x));
        assertEquals(10, coded.value(2));
        assertEquals(20, coded.derivative(2));
        assertArrayEquals(new double[] {8, 12, 6, 1, 0}, taylor(coded, 2, 4), 1e-14);
    }

    private static void assertRefused(String message, Executable call) {
        String found = assertThrows(InputException.class, call).getMessage();
        assertTrue(found.contains(message), found);
    }

    @Test
    void derivativesThatAreUnknownAreRefused() {
        ScalarFunction once = ScalarFunction.of("Mine", x -> x * x, x -> 2 * x);
        assertArrayEquals(new double[] {9}, taylor(once, 3, 0));
        assertArrayEquals(new double[] {9, 6}, taylor(once, 3, 1));
        assertRefused(
                "Mine is given by its value and at most one derivative: Taylor expansions of it end"
                        + " at degree 1.",
                () -> taylor(once, 3, 2));
        ScalarFunction never = ScalarFunction.withoutDerivative("Yours", x -> x * x);
        assertArrayEquals(new double[] {9}, taylor(never, 3, 0));
        assertRefused(
                "Yours is given without its derivative: the network can be applied, but not"
                        + " differentiated.",
                () -> never.derivative(3));
        assertRefused("Yours is given without", () -> taylor(never, 3, 1));
        assertRefused(
                "Yours is given without", () -> never.derivatives(new double[1], new double[1], 1));
    }
}
