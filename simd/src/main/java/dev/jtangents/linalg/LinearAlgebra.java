package dev.jtangents.linalg;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.Tensor;

/**
 * Dense linear algebra on matrices: tensors of two axes whose rows are contiguous (the stride of
 * the last axis is 1; rows may lie further apart than they are long). Every matrix of one call has
 * the same dtype. A call of {@link #get} runs on the calling thread alone unless more threads were
 * asked for, so that workers may call side by side; one of {@link #on} splits the work.
 *
 * <p>A matrix that a call writes must share no element with one that it reads; both may be blocks
 * of one array. Extents may be 0. Every argument is checked before anything is written.
 *
 * <p>Every method throws {@link dev.jtangents.tensor.InputException} when a shape, dtype or stride
 * does not fit, when an extent or row stride does not fit an int, or when memory lies on the Java
 * heap, is misaligned, overlaps, or would be written but is read-only; {@link
 * IllegalStateException} for a closed tensor; {@link WrongThreadException} for one that is confined
 * to another thread.
 *
 * <p>There are two implementations with the same results up to rounding: OpenBLAS, where its
 * library is found, and plain Java.
 */
public interface LinearAlgebra {
    /** The implementation that this process uses: OpenBLAS where it is found, else plain Java. */
    static LinearAlgebra get() {
        return Chosen.IMPLEMENTATION;
    }

    /**
     * The same on the workers of a pool: large calls are split into calls on blocks, always the
     * same ones, so that no result depends on the number of threads. It takes memory that any
     * thread may use.
     */
    static LinearAlgebra on(WorkerPool pool) {
        return new BlockedAlgebra(get(), pool);
    }

    /** {@link #on} a thread for each core. */
    static LinearAlgebra onCores() {
        return on(WorkerPool.ofCores());
    }

    /** One line for people: the library, its version, core and threads, or why plain Java runs. */
    String description();

    /**
     * {@code result = factor op(a) op(b) + keep result}, where op transposes or not, in f32 or f64.
     * Where {@code keep} is 0 the result is not read, where {@code factor} is 0 neither are a and
     * b.
     */
    void multiply(
            double factor,
            Tensor a,
            boolean transposeA,
            Tensor b,
            boolean transposeB,
            double keep,
            Tensor result);

    /**
     * Replaces the lower triangle of a symmetric positive definite matrix by its Cholesky factor L,
     * A = L Lᵀ, in f32 or f64. Only the lower triangle is read and written.
     *
     * @return 0, or the 1-based order of the first leading minor that is not positive, or not
     *     finite; the lower triangle is then of no use
     */
    int cholesky(Tensor matrix);

    /**
     * Replaces {@code right} by the solution X of A X = right, from the factor that {@link
     * #cholesky} left in the lower triangle; in f32 or f64.
     */
    void choleskySolve(Tensor factor, Tensor right);

    /**
     * Replaces {@code right} by the solution X of L X = right, or Lᵀ X = right, for the lower
     * triangle L; in f32 or f64. A zero on the diagonal is not checked for: what it leads to is
     * infinite or NaN.
     */
    void triangularSolve(Tensor lower, boolean transpose, Tensor right);

    /**
     * {@link #triangularSolve} for right-hand sides that are rows: replaces each row of {@code
     * rows} by the solution x of L x = row, or Lᵀ x = row. From the rows of a symmetric matrix that
     * are below a block with the Cholesky factor L, the first makes the rows of its factor.
     */
    void triangularSolveRows(Tensor lower, boolean transpose, Tensor rows);

    /**
     * An estimate of the reciprocal condition number, in the 1-norm, of a matrix with this Cholesky
     * factor; in f64. It is seldom too small and rarely more than three times the truth.
     *
     * @param norm the 1-norm of the matrix before it was factored
     * @throws dev.jtangents.tensor.InputException also when the norm is negative, or when it or the
     *     factor is not finite
     */
    double reciprocalCondition(Tensor factor, double norm);

    /** The 1-norm of a symmetric f64 matrix, whose lower triangle is read; NaN if that has it. */
    double symmetricNorm(Tensor matrix);

    /**
     * The eigenvalues of a symmetric f64 matrix in increasing order; its lower triangle is read.
     * Row j of {@code matrix} becomes the eigenvector of eigenvalue j.
     *
     * @return a new tensor of n eigenvalues, which the caller closes
     * @throws dev.jtangents.tensor.InputException also when an element is not finite, or when there
     *     are more than 32766 rows, the most that the library's 32-bit integers allow
     * @throws ArithmeticException when the iteration does not converge
     */
    Tensor symmetricEigen(Tensor matrix);
}
