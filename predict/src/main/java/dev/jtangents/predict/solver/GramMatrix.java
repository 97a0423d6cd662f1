package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.TrianglePairs;
import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Tensor;

/** The inner products of the rows of a matrix. */
final class GramMatrix {
    private GramMatrix() {}

    /**
     * Adds the inner products of the rows to the upper triangle of {@code gram}, in square blocks
     * side by side; what is below the diagonal in blocks on the diagonal is added to as well.
     */
    static void add(Tensor rows, Tensor gram, long block, WorkerPool pool) {
        LinearAlgebra algebra = LinearAlgebra.get();
        long count = rows.shape().extent(0);
        pool.run(
                TrianglePairs.count(Math.ceilDiv(count, block)),
                () ->
                        task -> {
                            long row = TrianglePairs.row(task) * block;
                            long column = TrianglePairs.column(task) * block;
                            long toRow = Math.min(count, row + block);
                            long toColumn = Math.min(count, column + block);
                            Tensor left = Blocks.rows(rows, row, toRow);
                            Tensor right = Blocks.rows(rows, column, toColumn);
                            Tensor target = Blocks.block(gram, column, toColumn, row, toRow);
                            algebra.multiply(1, right, false, left, true, 1, target);
                        });
    }
}
