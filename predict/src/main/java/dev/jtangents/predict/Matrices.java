package dev.jtangents.predict;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Small loops and products on row-major f64 matrices without gaps. */
final class Matrices {
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;

    private Matrices() {}

    static Tensor zeros(Arena arena, long rows, long columns) {
        return Tensor.allocate(arena, DType.F64, Shape.of(rows, columns));
    }

    static Tensor copy(Arena arena, Tensor matrix) {
        Tensor copy = Tensor.allocate(arena, DType.F64, matrix.shape());
        copy.assign(matrix);
        return copy;
    }

    static Tensor transposed(Arena arena, Tensor matrix) {
        return copy(arena, matrix.transpose(1, 0));
    }

    /** op(a) op(b), where op transposes or not. */
    static Tensor product(Arena arena, Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
        Tensor product =
                zeros(
                        arena,
                        a.shape().extent(transposeA ? 1 : 0),
                        b.shape().extent(transposeB ? 0 : 1));
        LinearAlgebra.onCores().multiply(1, a, transposeA, b, transposeB, 0, product);
        return product;
    }

    /** Sets all elements to those of an array, from one of these on. */
    static void assign(Tensor matrix, double[] values, int from) {
        int count = Math.toIntExact(matrix.size());
        MemorySegment.copy(values, from, matrix.segment(), DOUBLE, 0, count);
    }

    static void fill(Tensor matrix, double value) {
        for (long i = 0; i < matrix.size(); i++) {
            matrix.segment().setAtIndex(DOUBLE, i, value);
        }
    }

    static boolean allFinite(Tensor matrix) {
        MemorySegment values = matrix.segment();
        for (long i = 0; i < matrix.size(); i++) {
            if (!Double.isFinite(values.getAtIndex(DOUBLE, i))) {
                return false;
            }
        }
        return true;
    }

    static double largestMagnitude(Tensor matrix) {
        MemorySegment values = matrix.segment();
        double largest = 0;
        for (long i = 0; i < matrix.size(); i++) {
            largest = Math.max(largest, Math.abs(values.getAtIndex(DOUBLE, i)));
        }
        return largest;
    }

    /** The sum of the products of equal entries. */
    static double innerProduct(Tensor a, Tensor b) {
        double sum = 0;
        for (long i = 0; i < a.size(); i++) {
            sum += a.segment().getAtIndex(DOUBLE, i) * b.segment().getAtIndex(DOUBLE, i);
        }
        return sum;
    }

    /**
     * Adds factor times the sums of the products of equal entries, column by column, of a and b to
     * the entries of a column.
     */
    static void addColumnProducts(Tensor column, double factor, Tensor a, Tensor b) {
        long columns = a.shape().extent(1);
        for (long i = 0; i < a.size(); i++) {
            double product = a.segment().getAtIndex(DOUBLE, i) * b.segment().getAtIndex(DOUBLE, i);
            long at = i % columns;
            double sum = column.segment().getAtIndex(DOUBLE, at);
            column.segment().setAtIndex(DOUBLE, at, sum + factor * product);
        }
    }

    static double diagonalMean(Tensor matrix) {
        MemorySegment values = matrix.segment();
        long n = matrix.shape().extent(0);
        double mean = 0;
        for (long i = 0; i < n; i++) {
            mean += values.getAtIndex(DOUBLE, i * n + i) / n;
        }
        return mean;
    }

    static void addToDiagonal(Tensor matrix, double value) {
        MemorySegment values = matrix.segment();
        long n = matrix.shape().extent(0);
        for (long i = 0; i < n; i++) {
            long at = i * n + i;
            values.setAtIndex(DOUBLE, at, values.getAtIndex(DOUBLE, at) + value);
        }
    }

    /**
     * Replaces a square matrix by the mean of it and its transpose.
     *
     * @return the largest difference between an entry and its mirror image
     */
    static double symmetrize(Tensor matrix) {
        MemorySegment values = matrix.segment();
        long n = matrix.shape().extent(0);
        double largest = 0;
        for (long i = 0; i < n; i++) {
            for (long j = 0; j < i; j++) {
                double below = values.getAtIndex(DOUBLE, i * n + j);
                double above = values.getAtIndex(DOUBLE, j * n + i);
                double mean = below / 2 + above / 2;
                values.setAtIndex(DOUBLE, i * n + j, mean);
                values.setAtIndex(DOUBLE, j * n + i, mean);
                largest = Math.max(largest, Math.abs(below - above));
            }
        }
        return largest;
    }

    /** A copy with row i multiplied by {@code factors[i]}. */
    static Tensor scaledRows(Arena arena, Tensor matrix, double[] factors) {
        Tensor scaled = Tensor.allocate(arena, DType.F64, matrix.shape());
        long columns = matrix.shape().extent(1);
        for (int row = 0; row < factors.length; row++) {
            for (long at = row * columns; at < (row + 1) * columns; at++) {
                double value = matrix.segment().getAtIndex(DOUBLE, at);
                scaled.segment().setAtIndex(DOUBLE, at, factors[row] * value);
            }
        }
        return scaled;
    }

    /**
     * Adds factor times b to each of the blocks of b's width that stand side by side in {@code
     * blocks}.
     */
    static void addToBlocks(Tensor blocks, double factor, Tensor b) {
        long columns = b.shape().extent(1);
        long width = blocks.shape().extent(1);
        for (long row = 0; row < b.shape().extent(0); row++) {
            for (long column = 0; column < width; column++) {
                long at = row * width + column;
                double addend = b.segment().getAtIndex(DOUBLE, row * columns + column % columns);
                double value = blocks.segment().getAtIndex(DOUBLE, at);
                blocks.segment().setAtIndex(DOUBLE, at, value + factor * addend);
            }
        }
    }
}
