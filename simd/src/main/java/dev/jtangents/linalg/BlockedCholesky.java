package dev.jtangents.linalg;

import dev.jtangents.concurrent.TrianglePairs;
import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

/**
 * The Cholesky factorisation on all workers, block column by block column: factor the diagonal
 * block, solve for the panel below it, subtract the panel's products from what is left.
 */
final class BlockedCholesky {
    private static final long BLOCK = 512;

    /** The side of the squares on the diagonal of which half is computed in vain. */
    private static final long CORNER = 64;

    private final LinearAlgebra algebra;
    private final WorkerPool pool;
    private final Tensor matrix;
    private final long order;

    private BlockedCholesky(LinearAlgebra algebra, WorkerPool pool, Tensor matrix) {
        this.algebra = algebra;
        this.pool = pool;
        this.matrix = matrix;
        this.order = matrix.shape().extent(0);
    }

    /** As {@link LinearAlgebra#cholesky}, of a square matrix, by these operations on blocks. */
    static int factor(LinearAlgebra algebra, WorkerPool pool, Tensor matrix) {
        return new BlockedCholesky(algebra, pool, matrix).run();
    }

    private int run() {
        for (long from = 0; from < order; from += BLOCK) {
            long to = Math.min(order, from + BLOCK);
            Tensor corner = block(matrix, from, to, from, to);
            int failed = algebra.cholesky(corner);
            if (failed != 0) {
                return Math.toIntExact(from + failed);
            }
            Tensor panel = block(matrix, to, order, from, to);
            var triangle = new RowTriangle(algebra, corner, false);
            pool.runRanges(
                    order - to, BLOCK, (row, toRow) -> triangle.solve(panel.slice(0, row, toRow)));
            subtractProducts(panel, to);
        }
        return 0;
    }

    private static Tensor block(Tensor matrix, long row, long toRow, long column, long toColumn) {
        return matrix.slice(0, row, toRow).slice(1, column, toColumn);
    }

    private void subtractProducts(Tensor panel, long start) {
        long rest = order - start;
        Tensor below = block(matrix, start, order, start, order);
        pool.run(
                TrianglePairs.count(Math.ceilDiv(rest, BLOCK)),
                () ->
                        task -> {
                            long row = TrianglePairs.row(task) * BLOCK;
                            long column = TrianglePairs.column(task) * BLOCK;
                            long toRow = Math.min(rest, row + BLOCK);
                            long toColumn = Math.min(rest, column + BLOCK);
                            Tensor target = block(below, row, toRow, column, toColumn);
                            Tensor left = panel.slice(0, row, toRow);
                            if (row == column) {
                                subtractSquare(left, target);
                            } else {
                                Tensor right = panel.slice(0, column, toColumn);
                                algebra.multiply(-1, left, false, right, true, 1, target);
                            }
                        });
    }

    /** Leaves what is above the diagonal as it is. */
    private void subtractSquare(Tensor left, Tensor target) {
        long side = left.shape().extent(0);
        try (Tensor corner = Tensor.allocate(target.dtype(), Shape.of(CORNER, CORNER))) {
            for (long from = 0; from < side; from += CORNER) {
                long to = Math.min(side, from + CORNER);
                Tensor rows = left.slice(0, from, to);
                Tensor before = left.slice(0, 0, from);
                Tensor beside = block(target, from, to, 0, from);
                algebra.multiply(-1, rows, false, before, true, 1, beside);
                Tensor square = block(corner, 0, to - from, 0, to - from);
                algebra.multiply(1, rows, false, rows, true, 0, square);
                subtractLower(square, block(target, from, to, from, to));
            }
        }
    }

    private static void subtractLower(Tensor square, Tensor target) {
        for (long i = 0; i < square.shape().extent(0); i++) {
            for (long j = 0; j <= i; j++) {
                target.set(target.get(i, j) - square.get(i, j), i, j);
            }
        }
    }
}
