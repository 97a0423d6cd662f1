package dev.jtangents.predict;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.LongAccumulator;

/** Small loops and products on row-major f64 matrices without gaps. */
final class Matrices {
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;
    private static final ValueLayout.OfLong BITS = ValueLayout.JAVA_LONG;

    /** Elements of a task; fewer are not worth handing to threads. */
    private static final long RUN = 1 << 16;

    /** The side of a square that stays in the first-level cache with its mirror image. */
    private static final long SQUARE = 32;

    private Matrices() {}

    static Tensor zeros(Arena arena, long rows, long columns) {
        return Tensor.allocate(arena, DType.F64, Shape.of(rows, columns));
    }

    static Tensor copy(Arena arena, Tensor matrix) {
        Tensor copy = Tensor.allocate(arena, DType.F64, matrix.shape());
        assign(copy, matrix);
        return copy;
    }

    /** Sets all elements to those of another tensor of the same shape, on all cores if they may. */
    static void assign(Tensor target, Tensor source) {
        long size = target.size();
        if (size <= RUN || target.shape().extent(0) == 1 || !source.isShared()) {
            target.assign(source);
            return;
        }
        long rows = target.shape().extent(0);
        WorkerPool.ofCores()
                .runRanges(
                        rows,
                        Math.max(1, RUN * rows / size),
                        (from, to) -> target.slice(0, from, to).assign(source.slice(0, from, to)));
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
        return Double.isFinite(largestMagnitude(matrix));
    }

    /** NaN when there is one. */
    static double largestMagnitude(Tensor matrix) {
        MemorySegment values = matrix.segment();
        long size = matrix.size();
        if (size <= RUN) {
            return Double.longBitsToDouble(largestBits(values, 0, size));
        }
        var largest = new LongAccumulator(Math::max, 0);
        WorkerPool.ofCores()
                .runRanges(
                        size, RUN, (from, to) -> largest.accumulate(largestBits(values, from, to)));
        return Double.longBitsToDouble(largest.get());
    }

    /** Magnitudes are ordered as their bits are, with NaN above infinity. */
    private static long largestBits(MemorySegment values, long from, long to) {
        long largest = 0;
        for (long i = from; i < to; i++) {
            largest = Math.max(largest, values.getAtIndex(BITS, i) & Long.MAX_VALUE);
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
     * Adds factor times the sums of the products of equal entries, row by row, of a and b to the
     * entries of a column.
     */
    static void addRowProducts(Tensor column, double factor, Tensor a, Tensor b) {
        for (long row = 0; row < a.shape().extent(0); row++) {
            double sum = innerProduct(a.slice(0, row, row + 1), b.slice(0, row, row + 1));
            column.set(column.get(row, 0) + factor * sum, row, 0);
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
        long n = matrix.shape().extent(0);
        long bands = Math.ceilDiv(n, SQUARE);
        if (n * n <= RUN) {
            double largest = 0;
            for (long band = 0; band < bands; band++) {
                largest = Math.max(largest, symmetrizeBand(matrix, band * SQUARE));
            }
            return largest;
        }
        var largest = new DoubleAccumulator(Math::max, 0);
        WorkerPool.ofCores()
                .run(
                        bands,
                        () -> band -> largest.accumulate(symmetrizeBand(matrix, band * SQUARE)));
        return largest.get();
    }

    /** What {@link #symmetrize} does with some rows below the diagonal, square by square. */
    private static double symmetrizeBand(Tensor matrix, long row) {
        long to = Math.min(matrix.shape().extent(0), row + SQUARE);
        double largest = 0;
        for (long column = 0; column < to; column += SQUARE) {
            largest = Math.max(largest, symmetrizeSquare(matrix, row, to, column));
        }
        return largest;
    }

    private static double symmetrizeSquare(Tensor matrix, long from, long to, long column) {
        MemorySegment values = matrix.segment();
        long n = matrix.shape().extent(0);
        double largest = 0;
        for (long i = from; i < to; i++) {
            long end = Math.min(i, column + SQUARE);
            for (long j = column; j < end; j++) {
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
