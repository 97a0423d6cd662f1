package dev.jtangents.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Views and copies against a model that keeps a list of elements. */
class TensorViewsTest {
    @Test
    void aViewSeesNoMoreMemoryThanItsElements() {
        try (Tensor whole = Tensor.of(new double[24], 4, 6)) {
            assertEquals(2 * 6 * 8, whole.slice(0, 1, 3).segment().byteSize());
            assertEquals((6 + 3) * 8, whole.slice(0, 0, 2).slice(1, 1, 4).segment().byteSize());
            assertEquals(24 * 8, whole.transpose(1, 0).segment().byteSize());
            assertEquals(0, whole.slice(0, 2, 2).segment().byteSize());
        }
    }

    /** The elements of a view in row-major order, by the definition of each view. */
    private record Naive(long[] extents, double[] elements) {
        static Naive counting(long... extents) {
            return new Naive(
                    extents, IntStream.range(0, (int) product(extents)).asDoubleStream().toArray());
        }

        static long product(long[] extents) {
            return LongStream.of(extents).reduce(1, (a, b) -> a * b);
        }

        /** The multi-index of an element. */
        long[] index(long flat) {
            long[] index = new long[extents.length];
            long rest = flat;
            for (int axis = extents.length - 1; axis >= 0; axis--) {
                index[axis] = rest % extents[axis];
                rest /= extents[axis];
            }
            return index;
        }

        double at(long[] index) {
            long flat = 0;
            for (int axis = 0; axis < extents.length; axis++) {
                flat = flat * extents[axis] + index[axis];
            }
            return elements[(int) flat];
        }

        Naive slice(int axis, long from, long to) {
            long[] sliced = extents.clone();
            sliced[axis] = to - from;
            var target = new Naive(sliced, new double[(int) product(sliced)]);
            for (int i = 0; i < target.elements.length; i++) {
                long[] index = target.index(i);
                index[axis] += from;
                target.elements[i] = at(index);
            }
            return target;
        }

        Naive transpose(int... axes) {
            long[] moved = IntStream.of(axes).mapToLong(axis -> extents[axis]).toArray();
            var target = new Naive(moved, new double[elements.length]);
            for (int i = 0; i < target.elements.length; i++) {
                long[] index = target.index(i);
                long[] source = new long[axes.length];
                for (int axis = 0; axis < axes.length; axis++) {
                    source[axes[axis]] = index[axis];
                }
                target.elements[i] = at(source);
            }
            return target;
        }
    }

    private static Tensor tensor(DType dtype, Naive naive) {
        try (Tensor doubles = Tensor.of(naive.elements(), naive.extents())) {
            return doubles.copy(dtype);
        }
    }

    private static void assertSame(Naive expected, Tensor actual) {
        assertEquals(Shape.of(expected.extents()), actual.shape());
        assertArrayEquals(expected.elements(), actual.toArray());
        for (int i = 0; i < expected.elements().length; i++) {
            assertEquals(expected.elements()[i], actual.get(expected.index(i)));
        }
        try (Tensor floats = actual.copy(DType.F32);
                Tensor doubles = actual.copy(DType.F64)) {
            assertTrue(floats.isContiguous());
            assertArrayEquals(expected.elements(), floats.toArray());
            assertArrayEquals(expected.elements(), doubles.toArray());
        }
    }

    @ParameterizedTest
    @EnumSource
    void chainsOfViewsAgreeWithTheModel(DType dtype) {
        var random = new SplittableRandom(11);
        for (int trial = 0; trial < 150; trial++) {
            Naive naive = Naive.counting(random.longs(1 + random.nextInt(4), 1, 5).toArray());
            try (Tensor owner = tensor(dtype, naive)) {
                Tensor view = owner;
                for (int step = 0; step < 4; step++) {
                    int rank = naive.extents().length;
                    if (random.nextBoolean()) {
                        int axis = random.nextInt(rank);
                        long from = random.nextLong(naive.extents()[axis] + 1);
                        long to = from + random.nextLong(naive.extents()[axis] - from + 1);
                        naive = naive.slice(axis, from, to);
                        view = view.slice(random.nextBoolean() ? axis : axis - rank, from, to);
                    } else {
                        List<Integer> order =
                                new ArrayList<>(IntStream.range(0, rank).boxed().toList());
                        Collections.shuffle(order, new Random(random.nextLong()));
                        int[] axes = order.stream().mapToInt(Integer::intValue).toArray();
                        naive = naive.transpose(axes);
                        view = view.transpose(axes);
                    }
                    assertSame(naive, view);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void assigningToViewsWritesTheirElementsOnly(DType dtype) {
        var random = new SplittableRandom(12);
        for (int trial = 0; trial < 100; trial++) {
            Naive naive = Naive.counting(3, 4, 2);
            DType other = random.nextBoolean() ? DType.F32 : DType.F64;
            try (Tensor owner = tensor(dtype, naive);
                    Tensor source = Tensor.allocate(other, Shape.of(2, 2, 3))) {
                double[] values = random.ints(12, -9, 0).asDoubleStream().toArray();
                source.reshape(12).assign(Tensor.of(values, 12));
                long from = random.nextLong(3);
                Tensor view = owner.slice(1, from, from + 2).transpose(2, 1, 0);
                view.assign(source);
                assertArrayEquals(values, view.toArray());
                for (int i = 0; i < 24; i++) {
                    long[] index = naive.index(i);
                    boolean written = index[1] >= from && index[1] < from + 2;
                    assertEquals(written, owner.get(index) < 0);
                }
            }
        }
    }

    @Test
    void copiesToFloatsRoundToNearest() {
        double[] values = {0.1, 1e300, -1e-60, Double.NaN, 1 + 1e-9, Double.NEGATIVE_INFINITY};
        try (Tensor doubles = Tensor.of(values, 6);
                Tensor floats = doubles.copy(DType.F32)) {
            for (int i = 0; i < values.length; i++) {
                assertEquals((double) (float) values[i], floats.get(i));
            }
        }
    }

    static Stream<long[]> shapes() {
        return Stream.of(
                new long[] {},
                new long[] {0},
                new long[] {1},
                new long[] {3, 0},
                new long[] {0, 3},
                new long[] {2, 0, 3},
                new long[] {1, 3, 1},
                new long[] {2, 3, 4});
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void whatIsAllocatedIsContiguousAndReshapes(long[] extents) {
        try (Tensor tensor = Tensor.allocate(DType.F64, Shape.of(extents))) {
            assertTrue(tensor.isContiguous(), tensor.toString());
            Tensor flat = tensor.reshape(tensor.size());
            assertEquals(Shape.of(tensor.size()), flat.shape());
            assertEquals(Shape.of(extents), flat.reshape(extents).shape());
            assertEquals(tensor.size(), tensor.toArray().length);
            tensor.assign(flat.reshape(extents));
        }
    }

    @Test
    void axesOfExtentOneDoNotBreakContiguity() {
        try (Tensor tensor = Tensor.allocate(DType.F32, Shape.of(3, 1, 4))) {
            assertTrue(tensor.transpose(1, 0, 2).isContiguous());
            assertTrue(tensor.transpose(0, 2, 1).isContiguous());
            assertFalse(tensor.transpose(2, 1, 0).isContiguous());
            assertTrue(tensor.slice(0, 1, 3).isContiguous());
            assertFalse(tensor.slice(2, 0, 2).isContiguous());
            assertTrue(tensor.slice(2, 0, 2).slice(0, 2, 3).isContiguous());
            assertTrue(tensor.slice(2, 1, 1).isContiguous());
        }
    }

    @Test
    void refusesToReshapeWhatIsStrided() {
        try (Tensor tensor = Tensor.allocate(DType.F32, Shape.of(3, 4))) {
            var strided =
                    assertThrows(InputException.class, () -> tensor.transpose(1, 0).reshape(12));
            assertTrue(strided.getMessage().contains("strided"), strided.getMessage());
            var sizes = assertThrows(InputException.class, () -> tensor.reshape(5, 3));
            assertTrue(sizes.getMessage().contains("(5, 3)"), sizes.getMessage());
            assertFalse(sizes.getMessage().contains("strided"), sizes.getMessage());
        }
    }

    static Stream<int[]> badTranspositions() {
        return Stream.of(
                new int[] {0},
                new int[] {0, 1, 2},
                new int[] {0, 0},
                new int[] {0, -2},
                new int[] {-1, 1},
                new int[] {0, 2},
                new int[] {-3, 0});
    }

    @ParameterizedTest
    @MethodSource("badTranspositions")
    void refusesAxesThatAreNoPermutation(int[] axes) {
        try (Tensor tensor = Tensor.allocate(DType.F32, Shape.of(3, 4))) {
            assertThrows(InputException.class, () -> tensor.transpose(axes), Arrays.toString(axes));
        }
    }

    @Test
    void transposesByNegativeAxes() {
        try (Tensor tensor = tensor(DType.F64, Naive.counting(2, 3, 4))) {
            assertSame(Naive.counting(2, 3, 4).transpose(2, 0, 1), tensor.transpose(-1, 0, -2));
        }
    }

    @Test
    void indicesOutOfRangeAreRefusedInEveryAxis() {
        try (Tensor tensor = Tensor.allocate(DType.F32, Shape.of(3, 4, 5))) {
            for (int axis = 0; axis < 3; axis++) {
                long extent = tensor.shape().extent(axis);
                for (long bad : new long[] {-1, extent, Long.MAX_VALUE, Long.MIN_VALUE}) {
                    long[] index = {1, 1, 1};
                    index[axis] = bad;
                    for (Tensor view : List.of(tensor, tensor.slice(0, 0, 3))) {
                        assertThrows(IndexOutOfBoundsException.class, () -> view.get(index));
                        assertThrows(IndexOutOfBoundsException.class, () -> view.set(1, index));
                    }
                }
                int along = axis;
                for (long[] bad :
                        new long[][] {{-1, 1}, {0, extent + 1}, {2, 1}, {extent, Long.MAX_VALUE}}) {
                    assertThrows(
                            IndexOutOfBoundsException.class,
                            () -> tensor.slice(along, bad[0], bad[1]));
                }
            }
            assertThrows(IndexOutOfBoundsException.class, () -> tensor.get(1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> tensor.get(1, 1, 1, 0));
            assertThrows(IndexOutOfBoundsException.class, tensor::get);
            assertThrows(InputException.class, () -> tensor.slice(3, 0, 1));
        }
    }

    @Test
    void slicesDoNotReachTheirNeighbours() {
        try (Tensor tensor = Tensor.allocate(DType.F32, Shape.of(4, 4))) {
            Tensor inner = tensor.slice(0, 1, 3).slice(1, 1, 3);
            assertThrows(IndexOutOfBoundsException.class, () -> inner.get(2, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> inner.get(0, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> inner.get(0, -1));
        }
    }

    @Test
    void refusesToAssignAnotherShape() {
        try (Tensor a = Tensor.allocate(DType.F32, Shape.of(3, 4));
                Tensor b = Tensor.allocate(DType.F32, Shape.of(4, 3))) {
            var refusal = assertThrows(InputException.class, () -> a.assign(b));
            assertTrue(refusal.getMessage().contains("(4, 3)"), refusal.getMessage());
            assertTrue(refusal.getMessage().contains("(3, 4)"), refusal.getMessage());
        }
    }

    @Test
    void scalarsHaveOneElement() {
        try (Tensor scalar = Tensor.of(new double[] {7})) {
            assertEquals(7, scalar.get());
            assertEquals(Shape.of(), scalar.shape());
            assertEquals(7, scalar.reshape(1, 1).get(0, 0));
            assertEquals(7, scalar.transpose().get());
            assertEquals("Tensor f64 ()", scalar.toString());
        }
    }
}
