package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.TrianglePairs;
import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Blocks of matrices with contiguous rows, and work on them side by side. */
final class Blocks {
    /** The side of the blocks that are transposed: two fit a first-level cache. */
    private static final long MIRRORED = 32;

    private Blocks() {}

    static Tensor block(Tensor matrix, long row, long toRow, long column, long toColumn) {
        return matrix.slice(0, row, toRow).slice(1, column, toColumn);
    }

    static Tensor rows(Tensor matrix, long row, long toRow) {
        return matrix.slice(0, row, toRow);
    }

    static Tensor columns(Tensor matrix, long column, long toColumn) {
        return matrix.slice(1, column, toColumn);
    }

    static Tensor zeros(Arena arena, long rows, long columns) {
        return Tensor.allocate(arena, DType.F64, Shape.of(rows, columns));
    }

    /** Copies a matrix with contiguous rows, converting where the types differ. */
    static void copy(Tensor source, Tensor target) {
        long columns = source.shape().extent(1);
        for (long i = 0; i < source.shape().extent(0); i++) {
            MemorySegment from = row(source, i, columns);
            MemorySegment to = row(target, i, columns);
            if (source.dtype() == target.dtype()) {
                to.copyFrom(from);
            } else if (source.dtype() == DType.F32) {
                widen(from, to, (int) columns);
            } else {
                narrow(from, to, (int) columns);
            }
        }
    }

    private static MemorySegment row(Tensor matrix, long row, long columns) {
        long bytes = matrix.dtype().bytes();
        return matrix.segment().asSlice(row * matrix.stride(0) * bytes, columns * bytes);
    }

    private static void widen(MemorySegment from, MemorySegment to, int count) {
        for (int i = 0; i < count; i++) {
            float value = from.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            to.setAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i, value);
        }
    }

    private static void narrow(MemorySegment from, MemorySegment to, int count) {
        for (int i = 0; i < count; i++) {
            double value = from.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i);
            to.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, (float) value);
        }
    }

    /** Reads a kernel in tiles, those below the diagonal by mirroring, into a new tensor. */
    static Tensor read(KernelOperator kernel, WorkerPool pool) {
        Tensor matrix = Tensor.allocate(kernel.dtype(), Shape.of(kernel.size(), kernel.size()));
        try {
            readUpper(kernel, matrix);
            mirrorDown(matrix, pool);
            return matrix;
        } catch (RuntimeException | Error failure) {
            matrix.close();
            throw failure;
        }
    }

    /** Reads the tiles of a kernel on and above the diagonal. */
    static void readUpper(KernelOperator kernel, Tensor matrix) {
        long n = kernel.size();
        for (long row = 0; row < n; row += KernelProduct.TILE) {
            long toRow = Math.min(n, row + KernelProduct.TILE);
            for (long column = row; column < n; column += KernelProduct.TILE) {
                long toColumn = Math.min(n, column + KernelProduct.TILE);
                Selection columns = Selection.range(column, toColumn);
                try (Tensor tile = kernel.block(Selection.range(row, toRow), columns)) {
                    copy(tile, block(matrix, row, toRow, column, toColumn));
                }
            }
        }
    }

    /** Copies the part above the diagonal of a square matrix to the part below. */
    static void mirrorDown(Tensor square, WorkerPool pool) {
        long order = square.shape().extent(0);
        pool.run(
                TrianglePairs.count(Math.ceilDiv(order, MIRRORED)),
                () ->
                        task -> {
                            long row = TrianglePairs.row(task) * MIRRORED;
                            long column = TrianglePairs.column(task) * MIRRORED;
                            mirrorDown(square, row, column, order);
                        });
    }

    private static void mirrorDown(Tensor square, long row, long column, long order) {
        MemorySegment segment = square.segment();
        long stride = square.stride(0);
        for (long i = row; i < Math.min(order, row + MIRRORED); i++) {
            for (long j = column; j < Math.min(i, column + MIRRORED); j++) {
                double value = square.dtype().read(segment, j * stride + i);
                square.dtype().write(segment, i * stride + j, value);
            }
        }
    }
}
