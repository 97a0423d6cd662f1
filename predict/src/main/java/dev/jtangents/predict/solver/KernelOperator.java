package dev.jtangents.predict.solver;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

/**
 * The kernel K between N examples, a symmetric positive semidefinite matrix of which only blocks
 * are asked for, so that it need not be in memory. Solvers ask from one thread at a time.
 */
public interface KernelOperator {
    /** The number of examples N. */
    long size();

    /** The type of the entries. */
    DType dtype();

    /** Whether blocks are read rather than computed anew each time. */
    boolean isStored();

    /**
     * The kernel between some examples and others, (rows, columns), with contiguous rows off the
     * heap, open to every thread.
     *
     * @return a view or a new tensor; the caller closes it, which frees no memory of the operator's
     */
    Tensor block(Selection rows, Selection columns);

    /**
     * A matrix in memory, or mapped from a file as {@code Npy.read} does; borrowed.
     *
     * @param matrix (N, N), f32 or f64
     * @param name what messages call it
     * @throws dev.jtangents.tensor.InputException when it is not square, is empty, or is confined
     *     to a thread
     */
    static KernelOperator of(Tensor matrix, String name) {
        return MatrixOperator.of(matrix, name);
    }

    /**
     * A kernel whose blocks are computed each time they are asked for.
     *
     * @param function what computes them, in parallel if it can
     * @param name which kernel
     * @param x the examples, (N, ...); borrowed
     * @throws dev.jtangents.tensor.InputException when there is no example, or the function does
     *     not give one number for each pair of them
     */
    static KernelOperator of(KernelFunction function, KernelName name, Tensor x) {
        return FunctionOperator.of(function, name, x);
    }
}
