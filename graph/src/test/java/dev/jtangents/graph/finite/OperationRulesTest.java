package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.analysis.differentiation.DerivativeStructure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The two derivative rules of every operation, alone, with every combination of inputs that all
 * examples share and inputs that each has its own of.
 */
class OperationRulesTest {
    private static final int EXAMPLES = 3;
    private static final int REPEATS = 2;
    private static final int DEGREE = 5;

    /**
     * An operation.
     *
     * @param widths of its inputs
     * @param steady whether inputs must stay away from places where it has no derivative
     */
    private record Subject(
            String name, Operation operation, List<Integer> widths, int width, boolean steady) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Subject smooth(String name, Operation operation, int width, Integer... widths) {
        return new Subject(name, operation, List.of(widths), width, false);
    }

    private static List<Subject> subjects() {
        var random = new SplittableRandom(1);
        return List.of(
                smooth("runs", new LinearMap(RandomArrays.matrix(random, 5, 4), 2, 3), 30, 24),
                smooth("elements", new LinearMap(RandomArrays.matrix(random, 3, 4), 5, 1), 15, 20),
                smooth("sum", new WeightedSum(List.of(0.7, -1.3, 2.0)), 6, 6, 6, 6),
                smooth("elementwise product", new ElementwiseProduct(), 7, 7, 7),
                smooth("matrices", new MatrixProduct(1, 3, 4, 2, false, 0.7), 6, 12, 8),
                smooth("transposed", new MatrixProduct(1, 3, 4, 2, true, 0.7), 6, 12, 8),
                smooth("groups", new MatrixProduct(3, 2, 4, 2, false, -1.1), 12, 24, 24),
                smooth("groups, transposed", new MatrixProduct(3, 2, 4, 2, true, 1), 12, 24, 24),
                smooth("groups of rows", new MatrixProduct(3, 1, 4, 2, false, 1), 6, 12, 24),
                smooth("rows, transposed", new MatrixProduct(3, 1, 4, 2, true, 1), 6, 12, 24),
                smooth("tanh", map(ScalarFunction.of(DerivativeStructure::tanh)), 1500, 1500),
                new Subject(
                        "rectifier",
                        map(ScalarFunctions.rectifier(-0.5, 1.5)),
                        List.of(9),
                        9,
                        true),
                new Subject(
                        "greatest",
                        new Greatest(RandomArrays.matrix(random, 3, 5), 2, 2),
                        List.of(20),
                        12,
                        true));
    }

    private static Operation map(ScalarFunction function) {
        return new ElementwiseMap(function);
    }

    /** Each operation with each choice of the inputs that are shared. */
    static Stream<Arguments> combinations() {
        return subjects().stream()
                .flatMap(
                        subject ->
                                IntStream.range(0, 1 << subject.widths().size())
                                        .mapToObj(shared -> Arguments.of(subject, shared)));
    }

    private static long rows(int shared, int input) {
        return (shared >> input & 1) == 1 ? 1 : EXAMPLES;
    }

    /** For each input its Taylor coefficients. */
    private static List<List<Tensor>> jets(
            Arena arena, SplittableRandom random, DType dtype, Subject subject, int shared) {
        List<List<Tensor>> jets = new ArrayList<>();
        for (int input = 0; input < subject.widths().size(); input++) {
            Shape shape = Shape.of(rows(shared, input), subject.widths().get(input));
            List<Tensor> coefficients = new ArrayList<>();
            for (int k = 0; k <= DEGREE; k++) {
                coefficients.add(RandomArrays.draw(arena, random, dtype, shape));
            }
            if (subject.steady()) {
                steady(random, coefficients);
            }
            jets.add(coefficients);
        }
        return jets;
    }

    /** Values at least 0.2 away from one another and 0.1 from 0, which hardly move. */
    private static void steady(SplittableRandom random, List<Tensor> coefficients) {
        Tensor value = coefficients.getFirst();
        for (long row = 0; row < Rows.count(value); row++) {
            int width = (int) Rows.width(value);
            List<Integer> order = new ArrayList<>(IntStream.range(0, width).boxed().toList());
            Collections.shuffle(order, new Random(random.nextLong()));
            for (int i = 0; i < width; i++) {
                value.set(0.2 * (order.get(i) - width / 2) + 0.1, row, i);
                for (Tensor moving : coefficients.subList(1, coefficients.size())) {
                    moving.set(0.1 * moving.get(row, i), row, i);
                }
            }
        }
    }

    private static Jet push(
            Workspace workspace, Subject subject, List<List<Tensor>> jets, int degree) {
        List<Jet> inputs = new ArrayList<>();
        for (List<Tensor> coefficients : jets) {
            Tensor value = coefficients.getFirst();
            var jet = new Jet(workspace, Rows.count(value), Rows.width(value), degree);
            for (int k = 0; k <= degree; k++) {
                jet.set(k, coefficients.get(k));
            }
            inputs.add(jet);
        }
        long rows = inputs.stream().mapToLong(Jet::rows).max().orElseThrow();
        var result = new Jet(workspace, rows, subject.width(), degree);
        subject.operation().push(inputs, result);
        return result;
    }

    /** The value where each input is the sum of its coefficients times powers of a number. */
    private static double[] valueAt(Subject subject, List<List<Tensor>> jets, double epsilon) {
        try (var workspace = new Workspace(DType.F64)) {
            List<List<Tensor>> moved =
                    jets.stream().map(jet -> List.of(sum(workspace, jet, epsilon))).toList();
            return push(workspace, subject, moved, 0).value().toArray();
        }
    }

    private static Tensor sum(Workspace workspace, List<Tensor> coefficients, double epsilon) {
        Tensor first = coefficients.getFirst();
        Tensor sum = workspace.zeros(Rows.count(first), Rows.width(first));
        for (int k = 0; k < coefficients.size(); k++) {
            Rows.addScaled(sum, coefficients.get(k), Math.pow(epsilon, k));
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void forwardsAreTheTaylorCoefficientsOfTheValue(Subject subject, int shared) {
        var random = new SplittableRandom(2);
        try (Arena arena = Arena.ofConfined();
                var workspace = new Workspace(DType.F64)) {
            List<List<Tensor>> jets = jets(arena, random, DType.F64, subject, shared);
            Jet fifth = push(workspace, subject, jets, DEGREE);
            Jet first = push(workspace, subject, jets, 1);
            double[][] series =
                    PowerSeries.of(epsilon -> valueAt(subject, jets, epsilon), 0.2, DEGREE + 1);
            for (int k = 0; k <= DEGREE; k++) {
                RandomArrays.assertClose(series[k], fifth.grown(k).toArray(), 1e-7);
            }
            for (int k = 0; k <= 1; k++) {
                RandomArrays.assertClose(fifth.grown(k).toArray(), first.grown(k).toArray(), 1e-14);
            }
        }
    }

    /** A coefficient that is absent is one of zeros. */
    @ParameterizedTest
    @MethodSource("combinations")
    void absentCoefficientsAreZeros(Subject subject, int shared) {
        var random = new SplittableRandom(3);
        try (Arena arena = Arena.ofConfined();
                var workspace = new Workspace(DType.F64)) {
            List<List<Tensor>> jets = jets(arena, random, DType.F64, subject, shared);
            for (int k = 1; k <= DEGREE; k++) {
                coefficient(jets, k).forEach(moving -> moving.segment().fill((byte) 0));
            }
            Jet filled = push(workspace, subject, jets, DEGREE);
            Jet bare = push(workspace, subject, jets, 0);
            RandomArrays.assertClose(bare.value(), filled.value(), Double.MIN_VALUE);
            for (int k = 1; k <= DEGREE; k++) {
                double[] zeros = new double[(int) filled.value().size()];
                RandomArrays.assertClose(zeros, filled.grown(k).toArray(), Double.MIN_VALUE);
            }
        }
    }

    /** The cotangents of the inputs. */
    private static List<Tensor> pull(
            Workspace workspace,
            Subject subject,
            List<Tensor> values,
            Tensor cotangent,
            boolean apart) {
        List<Tensor> cotangents = new ArrayList<>();
        for (int input = 0; input < values.size(); input++) {
            boolean summed = Rows.count(values.get(input)) == 1 && !apart;
            long rows = summed ? 1 : Rows.count(cotangent);
            Tensor into = workspace.zeros(rows, subject.widths().get(input));
            subject.operation().pull(input, values, cotangent, Sum.from(into), workspace);
            cotangents.add(into);
        }
        return cotangents;
    }

    private static List<Tensor> coefficient(List<List<Tensor>> jets, int k) {
        return jets.stream().map(jet -> jet.get(k)).toList();
    }

    private static double innerProductOfRow(Tensor x, long xRow, Tensor y, long yRow) {
        return RandomArrays.innerProduct(x.slice(0, xRow, xRow + 1), y.slice(0, yRow, yRow + 1));
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void backwardsIsTheTransposeOfForwards(Subject subject, int shared) {
        var random = new SplittableRandom(4);
        try (Arena arena = Arena.ofConfined();
                var workspace = new Workspace(DType.F64)) {
            List<List<Tensor>> jets = jets(arena, random, DType.F64, subject, shared);
            List<Tensor> values = coefficient(jets, 0);
            Tensor tangent = push(workspace, subject, jets, 1).grown(1);
            long rows = Rows.count(tangent) * REPEATS;
            Tensor cotangent =
                    RandomArrays.draw(arena, random, DType.F64, Shape.of(rows, subject.width()));
            List<Tensor> apart = pull(workspace, subject, values, cotangent, true);
            for (long row = 0; row < rows; row++) {
                double sum = 0;
                for (int input = 0; input < values.size(); input++) {
                    Tensor moving = jets.get(input).get(1);
                    long own = Rows.count(moving) == 1 ? 0 : row / REPEATS;
                    sum += innerProductOfRow(moving, own, apart.get(input), row);
                }
                double expected = innerProductOfRow(tangent, row / REPEATS, cotangent, row);
                assertEquals(expected, sum, 1e-13 * subject.width());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void cotangentsOfWhatIsSharedAreSummedUnlessTheyAreKeptApart(Subject subject, int shared) {
        var random = new SplittableRandom(5);
        try (Arena arena = Arena.ofConfined();
                var workspace = new Workspace(DType.F64)) {
            List<List<Tensor>> jets = jets(arena, random, DType.F64, subject, shared);
            List<Tensor> values = coefficient(jets, 0);
            long rows = Rows.count(push(workspace, subject, jets, 0).value());
            for (int repeats = 1; repeats <= REPEATS; repeats++) {
                Shape shape = Shape.of(rows * repeats, subject.width());
                Tensor cotangent = RandomArrays.draw(arena, random, DType.F64, shape);
                List<Tensor> apart = pull(workspace, subject, values, cotangent, true);
                List<Tensor> summed = pull(workspace, subject, values, cotangent, false);
                for (int input = 0; input < values.size(); input++) {
                    Tensor expected =
                            workspace.zeros(
                                    Rows.count(summed.get(input)), subject.widths().get(input));
                    Rows.addScaled(expected, apart.get(input), 1);
                    RandomArrays.assertClose(expected, summed.get(input), 1e-13);
                    subject.operation()
                            .pull(input, values, cotangent, Sum.from(summed.get(input)), workspace);
                    Rows.addScaled(expected, apart.get(input), 1);
                    RandomArrays.assertClose(expected, summed.get(input), 1e-13);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void bothTypesAgree(Subject subject, int shared) {
        try (Arena arena = Arena.ofConfined();
                var narrow = new Workspace(DType.F32);
                var wide = new Workspace(DType.F64)) {
            var seed = new SplittableRandom(6);
            List<List<Tensor>> floats = jets(arena, seed, DType.F32, subject, shared);
            List<List<Tensor>> doubles =
                    floats.stream()
                            .map(jet -> jet.stream().map(x -> copy(arena, x)).toList())
                            .toList();
            Jet expected = push(wide, subject, doubles, DEGREE);
            Jet actual = push(narrow, subject, floats, DEGREE);
            for (int k = 0; k <= DEGREE; k++) {
                assertEquals(DType.F32, actual.grown(k).dtype());
                RandomArrays.assertClose(expected.grown(k), actual.grown(k), 1e-5);
            }
            Shape shape = Shape.of(REPEATS * expected.rows(), subject.width());
            Tensor cotangent = RandomArrays.draw(arena, seed, DType.F32, shape);
            for (boolean apart : new boolean[] {false, true}) {
                List<Tensor> back = pull(narrow, subject, coefficient(floats, 0), cotangent, apart);
                List<Tensor> twin =
                        pull(wide, subject, coefficient(doubles, 0), copy(arena, cotangent), apart);
                for (int input = 0; input < back.size(); input++) {
                    RandomArrays.assertClose(twin.get(input), back.get(input), 1e-5);
                }
            }
        }
    }

    private static Tensor copy(Arena arena, Tensor x) {
        Tensor copy = Tensor.allocate(arena, DType.F64, x.shape());
        copy.assign(x);
        return copy;
    }
}
