package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What the methods of a builder mean, index by index. */
class FiniteBuilderTest {
    private static final Shape SHAPE = Shape.of(2, 3, 4);

    private final FiniteBuilder builder = new FiniteBuilder();

    /** The value of a program of two inputs, of which the second has another shape. */
    private static Tensor value(
            Arena arena, Shape other, BiFunction<FiniteBuilder, List<Value>, Value> appended) {
        var program = new FiniteBuilder();
        Value first = program.input(SHAPE);
        Value second = program.input(other);
        Value made = appended.apply(program, List.of(first, second));
        FiniteProgram built = program.build(List.of(made));
        var executor = new FiniteExecutor(built, DType.F64, WorkerPool.of(1));
        List<Tensor> results = executor.apply(List.of(), inputs(arena, other));
        try (Tensor result = results.getFirst()) {
            assertEquals(RandomArrays.batched(2, made.shape()), result.shape());
            Tensor kept = Tensor.allocate(arena, DType.F64, result.shape());
            kept.assign(result);
            return kept;
        }
    }

    /** Two examples. */
    private static List<Tensor> inputs(Arena arena, Shape other) {
        return RandomArrays.examples(
                arena, new SplittableRandom(41), DType.F64, 2, List.of(SHAPE, other));
    }

    /** Every element of both examples is what an expression of its index says. */
    private static void assertElements(Tensor actual, ToDoubleFunction<long[]> expected) {
        long[] index = new long[actual.shape().rank()];
        for (long flat = 0; flat < actual.size(); flat++) {
            long rest = flat;
            for (int axis = index.length - 1; axis >= 0; axis--) {
                index[axis] = rest % actual.shape().extent(axis);
                rest /= actual.shape().extent(axis);
            }
            assertEquals(
                    expected.applyAsDouble(index),
                    actual.get(index),
                    1e-14,
                    () -> Arrays.toString(index));
        }
    }

    @Test
    void permutationsMoveAxes() {
        int[][] orders = {
            {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}, {-1, -3, -2}
        };
        for (int[] order : orders) {
            try (Arena arena = Arena.ofShared()) {
                Tensor given = inputs(arena, SHAPE).getFirst();
                Tensor permuted =
                        value(
                                arena,
                                SHAPE,
                                (program, values) -> program.permute(values.getFirst(), order));
                assertElements(
                        permuted,
                        index -> {
                            long[] from = new long[4];
                            from[0] = index[0];
                            for (int axis = 0; axis < 3; axis++) {
                                from[1 + SHAPE.axis(order[axis])] = index[1 + axis];
                            }
                            return given.get(from);
                        });
            }
        }
    }

    @Test
    void valuesWithoutElementsAndWithoutAxesArePermuted() {
        Value empty = builder.input(Shape.of(2, 0, 3));
        assertEquals(Shape.of(0, 3, 2), builder.permute(empty, 1, 2, 0).shape());
        Value last = builder.input(Shape.of(2, 3, 0));
        assertEquals(Shape.of(3, 2, 0), builder.permute(last, 1, 0, 2).shape());
        assertEquals(Shape.of(), builder.permute(builder.input(Shape.of())).shape());
    }

    @Test
    void extentsOfOneAreRepeated() {
        for (Shape other :
                List.of(
                        Shape.of(2, 3, 4),
                        Shape.of(1, 3, 1),
                        Shape.of(4),
                        Shape.of(3, 1),
                        Shape.of())) {
            try (Arena arena = Arena.ofShared()) {
                Tensor given = inputs(arena, other).getLast();
                Tensor repeated =
                        value(
                                arena,
                                other,
                                (program, values) -> program.broadcast(values.getLast(), SHAPE));
                int missing = 3 - other.rank();
                assertElements(
                        repeated,
                        index -> {
                            long[] from = new long[1 + other.rank()];
                            from[0] = index[0];
                            for (int axis = 0; axis < other.rank(); axis++) {
                                boolean one = other.extent(axis) == 1;
                                from[1 + axis] = one ? 0 : index[1 + missing + axis];
                            }
                            return given.get(from);
                        });
            }
        }
    }

    @Test
    void scaledValuesAreAddedWhereTheyAreRepeated() {
        Shape other = Shape.of(3, 1);
        try (Arena arena = Arena.ofShared()) {
            List<Tensor> given = inputs(arena, other);
            Tensor sum =
                    value(
                            arena,
                            other,
                            (program, values) ->
                                    program.addScaled(values.getFirst(), values.getLast(), -0.7));
            assertElements(
                    sum,
                    index ->
                            given.getFirst().get(index)
                                    - 0.7 * given.getLast().get(index[0], index[2], 0));
        }
    }

    @Test
    void concatenationsPutOneAfterAnother() {
        for (int axis = -3; axis < 3; axis++) {
            int at = SHAPE.axis(axis);
            Shape other = SHAPE.with(at, 5);
            long extent = SHAPE.extent(at);
            int along = axis;
            try (Arena arena = Arena.ofShared()) {
                List<Tensor> given = inputs(arena, other);
                Tensor joined =
                        value(
                                arena,
                                other,
                                (program, values) ->
                                        program.concatenate(
                                                List.of(
                                                        values.getLast(),
                                                        values.getFirst(),
                                                        values.getLast()),
                                                along));
                assertElements(
                        joined,
                        index -> {
                            long[] from = index.clone();
                            boolean middle = from[1 + at] >= 5 && from[1 + at] < 5 + extent;
                            from[1 + at] -= from[1 + at] < 5 ? 0 : middle ? 5 : 5 + extent;
                            return given.get(middle ? 0 : 1).get(from);
                        });
            }
        }
    }

    @Test
    void contractionsMultiplyByAMatrixAlongAnAxis() {
        for (int axis = -3; axis < 3; axis++) {
            int at = SHAPE.axis(axis);
            long in = SHAPE.extent(at);
            Shape matrix = Shape.of(in, 5);
            int along = axis;
            try (Arena arena = Arena.ofShared()) {
                List<Tensor> given = inputs(arena, matrix);
                Tensor product =
                        value(
                                arena,
                                matrix,
                                (program, values) ->
                                        program.contract(
                                                values.getFirst(), values.getLast(), along, 0.3));
                assertElements(
                        product,
                        index -> {
                            long[] from = index.clone();
                            double sum = 0;
                            for (from[1 + at] = 0; from[1 + at] < in; from[1 + at]++) {
                                double weight =
                                        given.getLast().get(index[0], from[1 + at], index[1 + at]);
                                sum += given.getFirst().get(from) * weight;
                            }
                            return 0.3 * sum;
                        });
            }
        }
    }

    @Test
    void productsMultiplyTheMatricesOfTheLastAxes() {
        for (boolean transposed : new boolean[] {false, true}) {
            Shape other = transposed ? Shape.of(2, 5, 4) : Shape.of(2, 4, 5);
            try (Arena arena = Arena.ofShared()) {
                List<Tensor> given = inputs(arena, other);
                Tensor product =
                        value(
                                arena,
                                other,
                                (program, values) ->
                                        program.product(
                                                values.getFirst(),
                                                values.getLast(),
                                                transposed,
                                                -1.5));
                assertElements(
                        product,
                        index -> {
                            double sum = 0;
                            for (long i = 0; i < 4; i++) {
                                long row = transposed ? index[3] : i;
                                long column = transposed ? i : index[3];
                                sum +=
                                        given.getFirst().get(index[0], index[1], index[2], i)
                                                * given.getLast()
                                                        .get(index[0], index[1], row, column);
                            }
                            return -1.5 * sum;
                        });
            }
        }
    }

    @Test
    void matricesAndSetsActAlongAnAxis() {
        for (int axis = -3; axis < 3; axis++) {
            int at = SHAPE.axis(axis);
            int along = axis;
            int columns = (int) SHAPE.extent(at);
            SparseMatrix matrix = RandomArrays.matrix(new SplittableRandom(5), 3, columns);
            try (Arena arena = Arena.ofShared()) {
                Tensor given = inputs(arena, SHAPE).getFirst();
                Tensor mapped =
                        value(
                                arena,
                                SHAPE,
                                (p, values) -> p.along(values.getFirst(), along, matrix));
                Tensor greatest =
                        value(
                                arena,
                                SHAPE,
                                (p, values) -> p.greatest(values.getFirst(), along, matrix));
                assertElements(
                        mapped,
                        index -> {
                            int row = (int) index[1 + at];
                            int[] places = matrix.indices().get(row);
                            return IntStream.range(0, places.length)
                                    .mapToDouble(
                                            i ->
                                                    matrix.weights().get(row)[i]
                                                            * given.get(with(index, at, places[i])))
                                    .sum();
                        });
                assertElements(
                        greatest,
                        index ->
                                IntStream.of(matrix.indices().get((int) index[1 + at]))
                                        .mapToDouble(place -> given.get(with(index, at, place)))
                                        .max()
                                        .orElseThrow());
            }
        }
    }

    private static long[] with(long[] index, int axis, long place) {
        long[] changed = index.clone();
        changed[1 + axis] = place;
        return changed;
    }

    @Test
    void constantsAreCopiedAndReshapedInRowMajorOrder() {
        double[] numbers = {1, 2, 3, 4, 5, 6};
        try (Arena arena = Arena.ofShared()) {
            Tensor constant =
                    value(
                            arena,
                            SHAPE,
                            (program, values) -> {
                                Value made = program.constant(numbers, Shape.of(2, 3));
                                numbers[0] = 9;
                                return program.reshape(made, Shape.of(3, 2));
                            });
            assertElements(constant, index -> 1 + 2 * index[1] + index[2]);
        }
    }

    /** A node that no output needs costs nothing, and cannot refuse to be differentiated. */
    @Test
    void whatNoOutputNeedsIsLeftOut() {
        var builder = new FiniteBuilder();
        Value x = builder.input(Shape.of(2));
        builder.map(x, ScalarFunction.withoutDerivative("unused", Math::sin));
        Value parameter = builder.parameter(Shape.of(2));
        Value sum = builder.sum(List.of(x, parameter));
        FiniteProgram program = builder.build(List.of(sum));
        assertEquals(3, program.nodes().size());
        assertEquals(List.of(1), program.parameterNodes());
        assertEquals(List.of(0, 1), program.nodes().get(2).inputs());
    }
}
