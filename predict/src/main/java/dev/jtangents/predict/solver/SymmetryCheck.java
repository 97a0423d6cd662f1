package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.TrianglePairs;
import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.util.Locale;

/** Refuses stored kernels that are not symmetric or not finite, in one pass over them. */
final class SymmetryCheck {
    private static final long BLOCK = 256;

    /** A kernel in f32 whose halves were computed apart is symmetric to about this. */
    private static final double SYMMETRY = 1e-6;

    private SymmetryCheck() {}

    /**
     * Checks all of a stored kernel.
     *
     * @param largest the largest entry of the diagonal, which no entry of a kernel exceeds
     */
    static void require(KernelOperator kernel, double largest, WorkerPool pool) {
        long n = kernel.size();
        pool.run(
                TrianglePairs.count(Math.ceilDiv(n, BLOCK)),
                () ->
                        task -> {
                            long row = TrianglePairs.row(task) * BLOCK;
                            long column = TrianglePairs.column(task) * BLOCK;
                            Selection rows = Selection.range(row, Math.min(n, row + BLOCK));
                            Selection columns =
                                    Selection.range(column, Math.min(n, column + BLOCK));
                            try (Tensor below = kernel.block(rows, columns);
                                    Tensor above = kernel.block(columns, rows)) {
                                requireMirrored(below, above, row, column, SYMMETRY * largest);
                            }
                        });
    }

    private static void requireMirrored(
            Tensor below, Tensor above, long row, long column, double tolerance) {
        for (long i = 0; i < below.shape().extent(0); i++) {
            for (long j = 0; j < below.shape().extent(1); j++) {
                double difference = Math.abs(below.get(i, j) - above.get(j, i));
                if (!(difference <= tolerance)) {
                    throw new InputException(
                            String.format(
                                    Locale.ROOT,
                                    "The kernel is not symmetric and finite: its entries at (%d,"
                                            + " %d) and (%d, %d) are %s and %s.",
                                    row + i,
                                    column + j,
                                    column + j,
                                    row + i,
                                    below.get(i, j),
                                    above.get(j, i)));
                }
            }
        }
    }
}
