package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;

/**
 * The Cholesky factorisation on all workers, block column by block column: factor the diagonal
 * block, solve for the panel below it, subtract the panel's products from what is left.
 */
final class BlockedCholesky {
    private static final long BLOCK = 512;

    private final LinearAlgebra algebra = LinearAlgebra.get();
    private final WorkerPool pool;
    private final Tensor matrix;
    private final long order;

    private BlockedCholesky(WorkerPool pool, Tensor matrix) {
        this.pool = pool;
        this.matrix = matrix;
        this.order = matrix.shape().extent(0);
    }

    /**
     * Replaces the lower triangle of a matrix by its Cholesky factor. Nothing above the diagonal is
     * read or written.
     *
     * @return whether the matrix is positive definite; else the lower triangle is of no use
     */
    static boolean factor(Tensor matrix, WorkerPool pool) {
        return new BlockedCholesky(pool, matrix).run();
    }

    private boolean run() {
        for (long from = 0; from < order; from += BLOCK) {
            long to = Math.min(order, from + BLOCK);
            Tensor corner = Blocks.block(matrix, from, to, from, to);
            if (algebra.cholesky(corner) != 0) {
                return false;
            }
            Tensor panel = Blocks.block(matrix, to, order, from, to);
            Blocks.ranges(
                    pool,
                    order - to,
                    BLOCK,
                    (row, toRow) -> algebra.choleskyPanel(corner, Blocks.rows(panel, row, toRow)));
            subtractProducts(panel, to);
        }
        return true;
    }

    private void subtractProducts(Tensor panel, long start) {
        long rest = order - start;
        long side = Math.ceilDiv(rest, BLOCK);
        pool.run(
                TrianglePairs.count(side),
                () ->
                        task -> {
                            long row = TrianglePairs.row(task) * BLOCK;
                            long column = TrianglePairs.column(task) * BLOCK;
                            long toRow = Math.min(rest, row + BLOCK);
                            long toColumn = Math.min(rest, column + BLOCK);
                            Tensor target =
                                    Blocks.block(
                                            matrix,
                                            start + row,
                                            start + toRow,
                                            start + column,
                                            start + toColumn);
                            Tensor left = Blocks.rows(panel, row, toRow);
                            if (row == column) {
                                subtractSquare(left, target);
                            } else {
                                Tensor right = Blocks.rows(panel, column, toColumn);
                                algebra.multiply(-1, left, false, right, true, 1, target);
                            }
                        });
    }

    /** Leaves what is above the diagonal as it is. */
    private void subtractSquare(Tensor left, Tensor target) {
        long side = left.shape().extent(0);
        try (Arena arena = Arena.ofConfined()) {
            Tensor square = Tensor.allocate(arena, target.dtype(), Shape.of(side, side));
            algebra.multiply(1, left, false, left, true, 0, square);
            for (long i = 0; i < side; i++) {
                for (long j = 0; j <= i; j++) {
                    target.set(target.get(i, j) - square.get(i, j), i, j);
                }
            }
        }
    }
}
