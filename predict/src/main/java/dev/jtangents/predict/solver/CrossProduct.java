package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;

/** Products of kernels with matrices of few columns, block by block, in f64. */
public final class CrossProduct {
    private static final long ROWS = 1024;
    private static final long COLUMNS = 4096;
    private static final long STRIP = 128;

    private final WorkerPool pool;

    /** Products on this number of threads, on which they do not depend. */
    public CrossProduct(int threads) {
        this.pool = WorkerPool.of(threads);
    }

    /** The kernel between some rows and some columns, which is closed after use. */
    @FunctionalInterface
    private interface Cross {
        Tensor block(Selection rows, Selection columns);
    }

    /**
     * The kernel between two sets of examples times a matrix.
     *
     * @param weights (N2, columns), f64, row-major
     * @return (N1, columns), which the caller closes
     */
    public Tensor of(
            KernelFunction function, KernelName name, Tensor x1, Tensor x2, Tensor weights) {
        return multiply(
                x1.shape().extent(0),
                weights,
                (rows, columns) -> {
                    try (Tensor left = rows.of(x1, 0);
                            Tensor right = columns.of(x2, 0)) {
                        return FunctionOperator.kernel(function, name, left, right);
                    }
                });
    }

    /**
     * Some columns of a matrix times another.
     *
     * @param kernel (N1, N)
     * @param basis which of the N columns
     * @param weights (columns of the basis, columns), f64, row-major
     * @return (N1, columns), which the caller closes
     * @throws InputException when the matrix lies in an arena that is confined to a thread
     */
    public Tensor of(Tensor kernel, Selection basis, Tensor weights) {
        if (!kernel.isShared()) {
            throw new InputException(
                    "The kernel lies in an arena that is confined to a thread: copy it first.");
        }
        return multiply(
                kernel.shape().extent(0),
                weights,
                (rows, columns) -> {
                    Selection taken = basis.part(columns);
                    return MatrixOperator.usable(taken.of(rows.of(kernel, 0), 1));
                });
    }

    /**
     * A kernel times a matrix, without regularisation.
     *
     * @param right (N, columns), f64, row-major
     * @return (N, columns), which the caller closes
     */
    public Tensor of(KernelOperator kernel, Tensor right) {
        Tensor result = Tensor.allocate(DType.F64, right.shape());
        try {
            new KernelProduct(kernel, 0, pool).multiply(right, result);
            return result;
        } catch (RuntimeException | Error failure) {
            result.close();
            throw failure;
        }
    }

    private Tensor multiply(long count, Tensor weights, Cross cross) {
        long inner = weights.shape().extent(0);
        Tensor result = Tensor.allocate(DType.F64, Shape.of(count, weights.shape().extent(1)));
        try (Arena arena = Arena.ofShared()) {
            Tensor scratch = Blocks.zeros(arena, Math.min(count, ROWS), Math.min(inner, COLUMNS));
            for (long row = 0; row < count; row += ROWS) {
                Selection rows = Selection.range(row, Math.min(count, row + ROWS));
                Tensor target = rows.of(result, 0);
                for (long column = 0; column < inner; column += COLUMNS) {
                    long toColumn = Math.min(inner, column + COLUMNS);
                    Selection columns = Selection.range(column, toColumn);
                    Tensor right = columns.of(weights, 0);
                    try (Tensor block = cross.block(rows, columns)) {
                        add(block, scratch, right, target);
                    }
                }
            }
            return result;
        } catch (RuntimeException | Error failure) {
            result.close();
            throw failure;
        }
    }

    private void add(Tensor block, Tensor scratch, Tensor right, Tensor target) {
        long columns = block.shape().extent(1);
        pool.runRanges(
                block.shape().extent(0),
                STRIP,
                (from, to) -> {
                    Tensor strip = Blocks.block(scratch, from, to, 0, columns);
                    Blocks.copy(Blocks.rows(block, from, to), strip);
                    LinearAlgebra.get()
                            .multiply(
                                    1,
                                    strip,
                                    false,
                                    right,
                                    false,
                                    1,
                                    Blocks.rows(target, from, to));
                });
    }
}
