package dev.jtangents.linalg;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

/**
 * Linear algebra on the workers of a pool: what is large becomes calls on blocks, always the same
 * ones, so that no result depends on the number of threads.
 */
final class BlockedAlgebra implements LinearAlgebra {
    /** Rows or columns of a block. */
    private static final long BLOCK = 256;

    /** Fewer multiplications than this are not worth handing to threads. */
    private static final double FEW = 1e6;

    private final LinearAlgebra algebra;
    private final WorkerPool pool;

    BlockedAlgebra(LinearAlgebra algebra, WorkerPool pool) {
        this.algebra = algebra;
        this.pool = pool;
    }

    @Override
    public String description() {
        return algebra.description();
    }

    @Override
    public void multiply(
            double factor,
            Tensor a,
            boolean transposeA,
            Tensor b,
            boolean transposeB,
            double keep,
            Tensor result) {
        if (!areMatrices(a, b, result)) {
            algebra.multiply(factor, a, transposeA, b, transposeB, keep, result);
            return;
        }
        long rows = result.shape().extent(0);
        long columns = result.shape().extent(1);
        int rowAxis = transposeA ? 1 : 0;
        int columnAxis = transposeB ? 0 : 1;
        long inner = a.shape().extent(1 - rowAxis);
        boolean fits = a.shape().extent(rowAxis) == rows && b.shape().extent(columnAxis) == columns;
        if (!fits || isSmall(rows, columns, inner)) {
            algebra.multiply(factor, a, transposeA, b, transposeB, keep, result);
        } else if (rows >= columns) {
            pool.runRanges(
                    rows,
                    BLOCK,
                    (from, to) ->
                            algebra.multiply(
                                    factor,
                                    a.slice(rowAxis, from, to),
                                    transposeA,
                                    b,
                                    transposeB,
                                    keep,
                                    result.slice(0, from, to)));
        } else {
            pool.runRanges(
                    columns,
                    BLOCK,
                    (from, to) ->
                            algebra.multiply(
                                    factor,
                                    a,
                                    transposeA,
                                    b.slice(columnAxis, from, to),
                                    transposeB,
                                    keep,
                                    result.slice(1, from, to)));
        }
    }

    @Override
    public int cholesky(Tensor matrix) {
        if (!areMatrices(matrix)) {
            return algebra.cholesky(matrix);
        }
        long order = matrix.shape().extent(0);
        return order != matrix.shape().extent(1) || isSmall(order, order, order)
                ? algebra.cholesky(matrix)
                : BlockedCholesky.factor(algebra, pool, matrix);
    }

    @Override
    public void choleskySolve(Tensor factor, Tensor right) {
        byColumns(factor, right, columns -> algebra.choleskySolve(factor, columns));
    }

    @Override
    public void triangularSolve(Tensor lower, boolean transpose, Tensor right) {
        byColumns(lower, right, columns -> algebra.triangularSolve(lower, transpose, columns));
    }

    /** What is done with some columns of a matrix. */
    @FunctionalInterface
    private interface Solve {
        void solve(Tensor columns);
    }

    private void byColumns(Tensor lower, Tensor right, Solve solve) {
        if (!areMatrices(lower, right)) {
            solve.solve(right);
            return;
        }
        long order = right.shape().extent(0);
        long columns = right.shape().extent(1);
        if (isSmall(order, order, columns)) {
            solve.solve(right);
        } else {
            pool.runRanges(columns, BLOCK / 2, (from, to) -> solve.solve(right.slice(1, from, to)));
        }
    }

    @Override
    public void triangularSolveRows(Tensor lower, boolean transpose, Tensor rows) {
        if (!areMatrices(lower, rows)) {
            algebra.triangularSolveRows(lower, transpose, rows);
            return;
        }
        long count = rows.shape().extent(0);
        long order = rows.shape().extent(1);
        boolean fits = lower.shape().equals(Shape.of(order, order));
        if (!fits || isSmall(order, order, count)) {
            algebra.triangularSolveRows(lower, transpose, rows);
        } else {
            Matrix.of("rows", rows).apartFrom(Matrix.of("lower", lower));
            var triangle = new RowTriangle(algebra, lower, transpose);
            pool.runRanges(count, BLOCK, (from, to) -> triangle.solve(rows.slice(0, from, to)));
        }
    }

    private static boolean areMatrices(Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (tensor.shape().rank() != 2) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSmall(double a, double b, double c) {
        return a * b * c < FEW;
    }

    @Override
    public double reciprocalCondition(Tensor factor, double norm) {
        return algebra.reciprocalCondition(factor, norm);
    }

    @Override
    public double symmetricNorm(Tensor matrix) {
        return algebra.symmetricNorm(matrix);
    }

    @Override
    public Tensor symmetricEigen(Tensor matrix) {
        return algebra.symmetricEigen(matrix);
    }
}
