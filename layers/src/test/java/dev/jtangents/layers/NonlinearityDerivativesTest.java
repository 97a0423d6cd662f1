package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.graph.finite.FiniteExecutor;
import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The functions that finite networks apply, with their derivatives: programs that map a parameter,
 * so that its Taylor coefficients are those of the function.
 */
class NonlinearityDerivativesTest {
    private static final int DEGREE = 5;

    /**
     * A nonlinearity.
     *
     * @param function the same function, written down once more
     * @param tame whether large numbers lead to no larger ones
     */
    private record Subject(Network network, DoubleUnaryOperator function, boolean tame) {
        @Override
        public String toString() {
            return network.toString();
        }
    }

    private static Subject tame(Network network, DoubleUnaryOperator function) {
        return new Subject(network, function, true);
    }

    private static Subject growing(Network network, DoubleUnaryOperator function) {
        return new Subject(network, function, false);
    }

    private static double normal(double x) {
        return Erf.erfc(-x / Math.sqrt(2)) / 2;
    }

    private static double tanhGelu(double x) {
        return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    static List<Subject> subjects() {
        return Stream.concat(layers().stream(), named().stream()).toList();
    }

    private static List<Subject> layers() {
        return List.of(
                tame(Stax.relu(), x -> Math.max(x, 0)),
                tame(Stax.leakyRelu(0.2), x -> x > 0 ? x : 0.2 * x),
                tame(Stax.abs(), Math::abs),
                tame(Stax.abRelu(-0.5, 1.3), x -> x > 0 ? 1.3 * x : -0.5 * x),
                tame(Stax.erf(0.8, 1.2, -0.1), x -> 0.8 * Erf.erf(1.2 * x) - 0.1),
                tame(Stax.sigmoidLike(), x -> Erf.erf(x / 2.4020563531719796) / 2 + 0.5),
                tame(Stax.gelu(), x -> x * normal(x)),
                tame(ErrorFunctions.gelu(true), NonlinearityDerivativesTest::tanhGelu),
                tame(Stax.sin(1.1, 0.7, 0.4), x -> 1.1 * Math.sin(0.7 * x + 0.4)),
                tame(Stax.cos(0.9, 0.8, 0.3), x -> 0.9 * Math.cos(0.8 * x + 0.3)),
                tame(Stax.rbf(0.5), x -> Math.sin(x) + Math.cos(x)),
                tame(Stax.gaussian(1.2, -0.4), x -> 1.2 * Math.exp(-0.4 * x * x)),
                tame(Stax.gabor(), x -> Math.exp(-x * x) * Math.sin(x)),
                tame(Stax.sign(), Math::signum),
                growing(Stax.exp(0.7, 0.4), x -> 0.7 * Math.exp(0.4 * x)),
                growing(Stax.monomial(0), x -> 1),
                growing(Stax.monomial(3), x -> x * x * x),
                growing(Stax.rectifiedMonomial(0), x -> x >= 0 ? 1 : 0),
                growing(Stax.rectifiedMonomial(1), x -> x >= 0 ? x : 0),
                growing(Stax.rectifiedMonomial(3), x -> x >= 0 ? x * x * x : 0),
                growing(Stax.polynomial(), x -> 0),
                growing(Stax.polynomial(0.3, 0.8, -0.2), x -> 0.3 + 0.8 * x - 0.2 * x * x),
                growing(Stax.hermite(0), x -> 1),
                growing(Stax.hermite(2), x -> (x * x - 1) / Math.sqrt(2)),
                growing(Stax.hermite(4), x -> (x * x * x * x - 6 * x * x + 3) / Math.sqrt(24)));
    }

    private static List<Subject> named() {
        return Arrays.stream(NumericalFunction.values())
                .map(
                        function ->
                                switch (function) {
                                    case ERF -> tame(named(function), Erf::erf);
                                    case TANH -> tame(named(function), Math::tanh);
                                    case SIGMOID ->
                                            tame(named(function), x -> 1 / (1 + Math.exp(-x)));
                                    case SOFTPLUS ->
                                            tame(
                                                    named(function),
                                                    x -> x > 30 ? x : Math.log1p(Math.exp(x)));
                                    case GELU -> tame(named(function), x -> x * normal(x));
                                    case SWISH ->
                                            tame(named(function), x -> x / (1 + Math.exp(-x)));
                                    case SIN -> tame(named(function), Math::sin);
                                    case COS -> tame(named(function), Math::cos);
                                    case RELU -> tame(named(function), x -> Math.max(x, 0));
                                    case EXP -> growing(named(function), Math::exp);
                                    case SQUARE -> growing(named(function), x -> x * x);
                                })
                .toList();
    }

    private static Network named(NumericalFunction function) {
        return Stax.elementwiseNumerical(function, 10);
    }

    /** The program of a network of a parameter of a number of elements, for one example. */
    private static FiniteExecutor executor(Network network, DType dtype, int count) {
        try (var finite = new FiniteNetwork(ApplyOptions.defaults())) {
            Value parameter = finite.program().parameter(Shape.of(count));
            finite.program().input(Shape.of(1));
            var signal = new Signal(parameter, Shape.of(1, count), 0, null);
            Tree<Signal> made = network.append(finite, Tree.of(signal));
            FiniteProgram program = finite.program(made.leaves().toList());
            return new FiniteExecutor(program, dtype, WorkerPool.of(1));
        }
    }

    /** For each degree the Taylor coefficients of a nonlinearity at some numbers. */
    private static double[][] taylor(Network network, DType dtype, int degree, double... points) {
        double[] ones = new double[points.length];
        Arrays.fill(ones, 1);
        try (Tensor at = Tensor.of(points, points.length);
                Tensor direction = Tensor.of(ones, points.length);
                Tensor example = Tensor.allocate(DType.F64, Shape.of(1, 1));
                Tensor made =
                        executor(network, dtype, points.length)
                                .expand(List.of(at), List.of(direction), List.of(example), degree)
                                .getFirst()) {
            double[][] coefficients = new double[degree + 1][];
            for (int k = 0; k <= degree; k++) {
                coefficients[k] = made.slice(0, k, k + 1).toArray();
            }
            return coefficients;
        }
    }

    /** The derivatives at some numbers, backwards. */
    private static double[] slopes(Network network, double... points) {
        double[] ones = new double[points.length];
        Arrays.fill(ones, 1);
        try (Tensor at = Tensor.of(points, points.length);
                Tensor cotangent = Tensor.of(ones, 1, points.length);
                Tensor example = Tensor.allocate(DType.F64, Shape.of(1, 1));
                Tensor pulled =
                        executor(network, DType.F64, points.length)
                                .pull(List.of(at), List.of(example), List.of(cotangent))
                                .getFirst()) {
            return pulled.toArray();
        }
    }

    private static double[] grid() {
        return DoubleStream.iterate(-5.95, x -> x < 6, x -> x + 0.1).toArray();
    }

    private static double[] shifted(double[] points, double step) {
        return DoubleStream.of(points).map(x -> x + step).toArray();
    }

    private static void assertClose(double[] expected, double[] actual, double tolerance) {
        for (int i = 0; i < expected.length; i++) {
            double size = Math.max(1, Math.abs(expected[i]));
            assertEquals(expected[i], actual[i], tolerance * size);
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void valuesAreThoseOfTheFunction(Subject subject) {
        double[] expected = DoubleStream.of(grid()).map(subject.function()).toArray();
        assertClose(expected, taylor(subject.network(), DType.F64, 0, grid())[0], 1e-13);
        assertClose(expected, taylor(subject.network(), DType.F64, 1, grid())[0], 1e-13);
        assertClose(expected, taylor(subject.network(), DType.F64, DEGREE, grid())[0], 1e-13);
        assertClose(expected, taylor(subject.network(), DType.F32, 0, grid())[0], 3e-6);
    }

    /** Away from kinks, by differences of the fourth order. */
    @ParameterizedTest
    @MethodSource("subjects")
    void everyCoefficientIsTheDerivativeOfTheOneBefore(Subject subject) {
        double step = 1e-3;
        double[][] coefficients = taylor(subject.network(), DType.F64, DEGREE, grid());
        double[][][] near = new double[5][][];
        for (int i = 0; i < 5; i++) {
            double[] points = shifted(grid(), (i - 2) * step);
            near[i] = taylor(subject.network(), DType.F64, DEGREE, points);
        }
        for (int k = 1; k <= DEGREE; k++) {
            double[] expected = new double[grid().length];
            for (int i = 0; i < expected.length; i++) {
                double inner = near[3][k - 1][i] - near[1][k - 1][i];
                double outer = near[4][k - 1][i] - near[0][k - 1][i];
                expected[i] = (8 * inner - outer) / (12 * step) / k;
            }
            assertClose(expected, coefficients[k], 1e-8);
        }
        assertClose(coefficients[1], taylor(subject.network(), DType.F64, 1, grid())[1], 1e-12);
        assertClose(coefficients[1], slopes(subject.network(), grid()), 1e-12);
        assertClose(coefficients[1], taylor(subject.network(), DType.F32, 1, grid())[1], 1e-5);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void largeNumbersDoNotOverflowWhereTheFunctionDoesNot(Subject subject) {
        double[] points = {-1e10, -1e6, -1e3, -50, -20, 20, 50, 1e3, 1e6, 1e10};
        if (subject.tame()) {
            for (DType dtype : DType.values()) {
                double[][] coefficients = taylor(subject.network(), dtype, DEGREE, points);
                for (double[] coefficient : coefficients) {
                    assertTrue(
                            DoubleStream.of(coefficient).allMatch(Double::isFinite),
                            () -> Arrays.toString(coefficient));
                }
            }
            double[] expected = DoubleStream.of(points).map(subject.function()).toArray();
            double[] actual = taylor(subject.network(), DType.F64, 0, points)[0];
            assertClose(expected, actual, 1e-6);
            double[] slopes = taylor(subject.network(), DType.F64, DEGREE, points)[1];
            assertClose(slopes, slopes(subject.network(), points), 1e-6);
        }
    }

    /** An activation that is not a number never becomes one. */
    @ParameterizedTest
    @MethodSource("subjects")
    void notANumberStaysSo(Subject subject) {
        boolean constant =
                subject.function().applyAsDouble(3) == subject.function().applyAsDouble(4);
        boolean sign = subject.network().toString().startsWith("Sign");
        if (!constant || sign) {
            for (int degree : new int[] {0, 1, DEGREE}) {
                double[] values = taylor(subject.network(), DType.F64, degree, Double.NaN)[0];
                assertTrue(Double.isNaN(values[0]), () -> "degree " + degree);
            }
        }
    }

    private static void assertAtZero(Network network, double... expected) {
        double[][] coefficients = taylor(network, DType.F64, expected.length - 1, 0);
        double[] actual = Arrays.stream(coefficients).mapToDouble(each -> each[0]).toArray();
        assertArrayEquals(expected, actual, 1e-15, () -> Arrays.toString(actual));
        assertEquals(expected[1], taylor(network, DType.F64, 1, 0)[1][0], 1e-15);
        assertEquals(expected[1], slopes(network, 0)[0], 1e-15);
    }

    @Test
    void kinksHaveTheirConventions() {
        assertAtZero(Stax.relu(), 0, 0.5, 0, 0, 0, 0);
        assertAtZero(Stax.leakyRelu(0.2), 0, 0.6, 0, 0, 0, 0);
        assertAtZero(Stax.abs(), 0, 0, 0, 0, 0, 0);
        assertAtZero(Stax.abRelu(-0.5, 1.3), 0, 0.4, 0, 0, 0, 0);
        assertAtZero(named(NumericalFunction.RELU), 0, 0, 0, 0, 0, 0);
        assertAtZero(Stax.sign(), 0, 0, 0, 0, 0, 0);
        assertAtZero(Stax.rectifiedMonomial(0), 1, 0, 0, 0, 0, 0);
        assertAtZero(Stax.rectifiedMonomial(1), 0, 1, 0, 0, 0, 0);
        assertAtZero(Stax.rectifiedMonomial(2), 0, 0, 1, 0, 0, 0);
    }

    @Test
    void seriesAtZeroAreTheKnownOnes() {
        double c = 2 / Math.sqrt(Math.PI);
        double d = 1 / Math.sqrt(2 * Math.PI);
        assertAtZero(Stax.erf(), 0, c, 0, -c / 3, 0, c / 10);
        assertAtZero(Stax.gelu(), 0, 0.5, d, 0, -d / 6, 0);
        assertAtZero(Stax.gabor(), 0, 1, 0, -7 / 6.0, 0, 0.675);
        assertAtZero(Stax.gaussian(1, -1), 1, 0, -1, 0, 0.5, 0);
        assertAtZero(Stax.sin(1, 1, 0), 0, 1, 0, -1 / 6.0, 0, 1 / 120.0);
        assertAtZero(Stax.cos(1, 1, 0), 1, 0, -0.5, 0, 1 / 24.0, 0);
        assertAtZero(Stax.exp(1, 1), 1, 1, 0.5, 1 / 6.0, 1 / 24.0, 1 / 120.0);
        assertAtZero(Stax.monomial(5), 0, 0, 0, 0, 0, 1);
        assertAtZero(Stax.polynomial(1, 2, 3, 4), 1, 2, 3, 4, 0, 0);
        assertAtZero(named(NumericalFunction.TANH), 0, 1, 0, -1 / 3.0, 0, 2 / 15.0);
        assertAtZero(named(NumericalFunction.SIGMOID), 0.5, 0.25, 0, -1 / 48.0, 0, 1 / 480.0);
        assertAtZero(named(NumericalFunction.SOFTPLUS), Math.log(2), 0.5, 0.125, 0, -1 / 192.0, 0);
        assertAtZero(named(NumericalFunction.SWISH), 0, 0.5, 0.25, 0, -1 / 48.0, 0);
    }

    @Test
    void everyFunctionIsTried() {
        String tried = subjects().stream().map(Subject::toString).collect(Collectors.joining());
        Stream.of(
                        Rectifiers.TYPES,
                        ErrorFunctions.TYPES,
                        Waves.TYPES,
                        Bells.TYPES,
                        Powers.TYPES,
                        Polynomials.TYPES,
                        Numerical.TYPES)
                .flatMap(List::stream)
                .map(LayerType::name)
                .filter(name -> !name.equals("ExpNormalized"))
                .forEach(name -> assertTrue(tried.contains(name), name));
    }
}
