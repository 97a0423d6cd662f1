package dev.jtangents.graph.finite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** Random arrays, and what tests ask of arrays. */
final class RandomArrays {
    private RandomArrays() {}

    /** Numbers between -1 and 1 that f32 holds, so that both types can begin with the same. */
    static Tensor draw(Arena arena, SplittableRandom random, DType dtype, Shape shape) {
        Tensor array = Tensor.allocate(arena, dtype, shape);
        for (long i = 0; i < array.size(); i++) {
            dtype.write(array.segment(), i, (float) random.nextDouble(-1, 1));
        }
        return array;
    }

    /** Arrays of these shapes. */
    static List<Tensor> draw(
            Arena arena, SplittableRandom random, DType dtype, List<Shape> shapes) {
        return shapes.stream().map(shape -> draw(arena, random, dtype, shape)).toList();
    }

    /** As many examples of each of these shapes. */
    static List<Tensor> examples(
            Arena arena, SplittableRandom random, DType dtype, long count, List<Shape> shapes) {
        return draw(
                arena, random, dtype, shapes.stream().map(shape -> batched(count, shape)).toList());
    }

    /** The shape of as many examples. */
    static Shape batched(long count, Shape shape) {
        long[] extents =
                LongStream.concat(LongStream.of(count), LongStream.of(shape.extents())).toArray();
        return Shape.of(extents);
    }

    /** A matrix of which about half of the entries are 0; no row is empty. */
    static SparseMatrix matrix(SplittableRandom random, int rows, int columns) {
        double[][] entries = new double[rows][columns];
        for (double[] row : entries) {
            for (int column = 0; column < columns; column++) {
                row[column] = random.nextBoolean() ? random.nextDouble(-1, 1) : 0;
            }
            row[random.nextInt(columns)] = 1;
        }
        return SparseMatrix.of(entries, columns);
    }

    /** {@code x + step direction}, element by element. */
    static Tensor moved(Arena arena, Tensor x, double step, Tensor direction) {
        Tensor sum = Tensor.allocate(arena, x.dtype(), x.shape());
        for (long i = 0; i < x.size(); i++) {
            sum.dtype().write(sum.segment(), i, at(x, i) + step * at(direction, i));
        }
        return sum;
    }

    static double at(Tensor contiguous, long element) {
        return contiguous.dtype().read(contiguous.segment(), element);
    }

    static double innerProduct(Tensor x, Tensor y) {
        assertEquals(x.shape(), y.shape());
        double sum = 0;
        for (long i = 0; i < x.size(); i++) {
            sum += at(x, i) * at(y, i);
        }
        return sum;
    }

    static double innerProduct(List<Tensor> x, List<Tensor> y) {
        double sum = 0;
        for (int i = 0; i < x.size(); i++) {
            sum += innerProduct(x.get(i), y.get(i));
        }
        return sum;
    }

    /** Equal up to a tolerance, which is relative to the largest element where that is above 1. */
    static void assertClose(double[] expected, double[] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        double largest = DoubleStream.of(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tolerance * Math.max(1, largest));
        }
    }

    static void assertClose(Tensor expected, Tensor actual, double tolerance) {
        assertEquals(expected.shape(), actual.shape());
        assertClose(expected.toArray(), actual.toArray(), tolerance);
    }
}
