package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/**
 * Products of R = K + shift I with matrices of few columns, in f64. Tiles of the upper triangle of
 * K are taken one after another, and each serves its mirror image too.
 */
final class KernelProduct {
    /** The side of a tile: 32 MiB in f64. */
    static final long TILE = 2048;

    private static final long STRIP = 256;

    private final LinearAlgebra algebra = LinearAlgebra.get();
    private final KernelOperator kernel;
    private final double shift;
    private final WorkerPool pool;

    KernelProduct(KernelOperator kernel, double shift, WorkerPool pool) {
        this.kernel = kernel;
        this.shift = shift;
        this.pool = pool;
    }

    long size() {
        return kernel.size();
    }

    /** Sets {@code result} to R times {@code right}. */
    void multiply(Tensor right, Tensor result) {
        long n = kernel.size();
        result.assign(right);
        scale(result, shift);
        try (Arena arena = Arena.ofShared()) {
            long side = Math.min(n, TILE);
            Tensor scratch = Blocks.zeros(arena, side, side);
            for (long row = 0; row < n; row += TILE) {
                long toRow = Math.min(n, row + TILE);
                for (long column = row; column < n; column += TILE) {
                    long toColumn = Math.min(n, column + TILE);
                    Selection rows = Selection.range(row, toRow);
                    Selection columns = Selection.range(column, toColumn);
                    try (Tensor tile = kernel.block(rows, columns)) {
                        Tensor wide = Blocks.block(scratch, 0, toRow - row, 0, toColumn - column);
                        addTile(
                                tile,
                                wide,
                                Blocks.rows(right, row, toRow),
                                Blocks.rows(right, column, toColumn),
                                Blocks.rows(result, row, toRow),
                                Blocks.rows(result, column, toColumn),
                                row == column);
                    }
                }
            }
        }
        requireFinite(result);
    }

    private void addTile(
            Tensor tile,
            Tensor scratch,
            Tensor rightOfRows,
            Tensor rightOfColumns,
            Tensor resultOfRows,
            Tensor resultOfColumns,
            boolean diagonal) {
        boolean convert = tile.dtype() != DType.F64;
        Tensor wide = convert ? scratch : tile;
        pool.runRanges(
                tile.shape().extent(0),
                STRIP,
                (from, to) -> {
                    Tensor strip = Blocks.rows(wide, from, to);
                    if (convert) {
                        Blocks.copy(Blocks.rows(tile, from, to), strip);
                    }
                    Tensor target = Blocks.rows(resultOfRows, from, to);
                    algebra.multiply(1, strip, false, rightOfColumns, false, 1, target);
                });
        if (!diagonal) {
            pool.runRanges(
                    tile.shape().extent(1),
                    STRIP,
                    (from, to) -> {
                        Tensor strip = Blocks.columns(wide, from, to);
                        Tensor target = Blocks.rows(resultOfColumns, from, to);
                        algebra.multiply(1, strip, true, rightOfRows, false, 1, target);
                    });
        }
    }

    private static void scale(Tensor matrix, double factor) {
        for (long i = 0; i < matrix.size(); i++) {
            double value = matrix.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, i);
            matrix.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, i, factor * value);
        }
    }

    private static void requireFinite(Tensor result) {
        for (long i = 0; i < result.size(); i++) {
            if (!Double.isFinite(result.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, i))) {
                throw new InputException(
                        "The kernel has entries that are not finite, or so large that its products"
                                + " overflow: look for NaN and infinity in the examples, or rescale"
                                + " them.");
            }
        }
    }
}
