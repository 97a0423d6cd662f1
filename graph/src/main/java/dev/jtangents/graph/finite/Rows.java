package dev.jtangents.graph.finite;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Matrices of rows: one row per example, or a single one that all examples share. Cotangents have a
 * number of rows for each row of the value that they belong to, one after another.
 */
final class Rows {
    private Rows() {}

    static long count(Tensor matrix) {
        return matrix.shape().extent(0);
    }

    static long width(Tensor matrix) {
        return matrix.shape().extent(1);
    }

    /** The row of a value that belongs to a row of a matrix with as many rows or a multiple. */
    static long matching(long row, Tensor of, Tensor value) {
        return count(value) == 1 ? 0 : row / (count(of) / count(value));
    }

    /** The row of a cotangent of rows that a row adds to: the same, or the only one. */
    static long target(long row, Tensor into) {
        return count(into) == 1 ? 0 : row;
    }

    /** {@code into += factor from}, row by row; a single row of either is repeated or summed to. */
    static void addScaled(Tensor into, Tensor from, double factor) {
        Loops loops = Loops.get(into.dtype());
        long width = width(into);
        if (count(into) == count(from)) {
            loops.addScaled(into.segment(), 0, from.segment(), 0, factor, into.size());
            return;
        }
        for (long row = 0; row < Math.max(count(into), count(from)); row++) {
            loops.addScaled(
                    into.segment(),
                    target(row, into) * width,
                    from.segment(),
                    target(row, from) * width,
                    factor,
                    width);
        }
    }

    /** {@code result = keep result + factor x yᵀ}. */
    static void multiplyTransposed(double factor, Tensor x, Tensor y, double keep, Tensor result) {
        LinearAlgebra.get().multiply(factor, x, false, y, true, keep, result);
    }

    /** Copies elements of a matrix to an array, from an element on. */
    static void read(Tensor matrix, long from, double[] values, int count) {
        MemorySegment segment = matrix.segment();
        if (matrix.dtype() == DType.F64) {
            MemorySegment.copy(
                    segment,
                    ValueLayout.JAVA_DOUBLE_UNALIGNED,
                    from * Double.BYTES,
                    values,
                    0,
                    count);
        } else {
            for (int i = 0; i < count; i++) {
                values[i] = segment.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, from + i);
            }
        }
    }

    /** Adds an array to the elements of a matrix, from an element on. */
    static void add(double[] values, Tensor matrix, long at, int count) {
        MemorySegment segment = matrix.segment();
        if (matrix.dtype() == DType.F64) {
            for (int i = 0; i < count; i++) {
                double sum = segment.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, at + i);
                segment.setAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, at + i, sum + values[i]);
            }
        } else {
            for (int i = 0; i < count; i++) {
                float sum = segment.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at + i);
                segment.setAtIndex(
                        ValueLayout.JAVA_FLOAT_UNALIGNED, at + i, (float) (sum + values[i]));
            }
        }
    }
}
