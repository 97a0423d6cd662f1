package dev.jtangents.predict.solver;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

/** A kernel in memory or mapped from a file. */
final class MatrixOperator implements KernelOperator {
    private final Tensor matrix;

    private MatrixOperator(Tensor matrix) {
        this.matrix = matrix;
    }

    static MatrixOperator of(Tensor matrix, String name) {
        boolean square =
                matrix.shape().rank() == 2
                        && matrix.shape().extent(0) == matrix.shape().extent(1)
                        && matrix.size() > 0;
        if (!square) {
            throw new InputException(
                    name + " has shape " + matrix.shape() + "; needed is (N, N) with N above 0.");
        }
        if (!matrix.isShared()) {
            throw new InputException(
                    name + " lies in an arena that is confined to a thread: copy it first.");
        }
        return new MatrixOperator(matrix);
    }

    @Override
    public long size() {
        return matrix.shape().extent(0);
    }

    @Override
    public DType dtype() {
        return matrix.dtype();
    }

    @Override
    public boolean isStored() {
        return true;
    }

    @Override
    public Tensor block(Selection rows, Selection columns) {
        if (columns.isRange()) {
            return usable(rows.of(columns.of(matrix, 1), 0));
        }
        try (Tensor some = rows.of(matrix, 0)) {
            return columns.of(some, 1);
        }
    }

    /** What linear algebra can read, else a copy. */
    static Tensor usable(Tensor block) {
        boolean usable =
                block.segment().isNative()
                        && block.segment().address() % block.dtype().bytes() == 0
                        && (block.shape().extent(1) <= 1 || block.stride(1) == 1)
                        && (block.shape().extent(0) <= 1
                                || block.stride(0) >= block.shape().extent(1));
        return usable ? block : block.copy(block.dtype());
    }
}
