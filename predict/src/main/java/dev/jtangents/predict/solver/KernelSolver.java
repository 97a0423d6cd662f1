package dev.jtangents.predict.solver;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.util.Optional;

/**
 * Solves with a kernel. What is made ready once, such as a factor, serves all calls; {@link #close}
 * frees it. The kernel is borrowed. Solvers are for one thread at a time.
 */
public sealed interface KernelSolver extends AutoCloseable permits IterativeSolver, NystromSolver {
    /**
     * A solver that fits the memory, ready to be used.
     *
     * @param rightHandSides the most columns that will be solved for at once
     * @throws InputException when none fits, when a stored kernel is not symmetric and finite, or
     *     when the kernel with its regularisation cannot be factored
     */
    static KernelSolver of(
            KernelOperator kernel,
            DiagonalShift shift,
            SolverOptions options,
            long rightHandSides) {
        SolverPlan plan = SolverPlan.of(kernel, options, rightHandSides);
        ShiftedKernel shifted = ShiftedKernel.of(kernel, shift);
        if (kernel.isStored()) {
            SymmetryCheck.require(kernel, shifted.largest(), options.pool());
        }
        return plan.kind() == SolverKind.NYSTROM
                ? NystromSolver.of(shifted, options)
                : IterativeSolver.of(shifted, options, plan);
    }

    /**
     * Which solver {@link #of(KernelOperator, DiagonalShift, SolverOptions, long)} would give, and
     * what memory it would take.
     *
     * @throws InputException when none fits the memory
     */
    static String describe(KernelOperator kernel, SolverOptions options, long rightHandSides) {
        return SolverPlan.of(kernel, options, rightHandSides).describe();
    }

    /**
     * A Cholesky solver whose factor was made before; borrowed.
     *
     * @param shift the regularisation that the factor was made with
     */
    static KernelSolver of(
            KernelOperator kernel,
            DiagonalShift shift,
            SolverOptions options,
            Factorization factorization) {
        return IterativeSolver.of(kernel, shift, options, factorization);
    }

    /**
     * The weights with which the kernels of the basis make up the right-hand sides: (K + shift I)⁻¹
     * times them, or for nystrom the regularised best weights of the centres.
     *
     * @param right (N, columns), f64, row-major; for nystrom the labels
     * @return a solution that the caller closes
     * @throws InputException when it does not converge and that is not accepted, or the kernel
     *     turns out not to be positive definite or not finite
     */
    Solution solve(Tensor right);

    /** The bytes that this holds and that solving for this many right-hand sides takes. */
    long bytes(long rightHandSides);

    /** The examples that the weights belong to: all of them, or the centres. */
    Selection basis();

    /** The factor, if there is one that serves further right-hand sides; of this solver's life. */
    Optional<Factorization> factorization();

    @Override
    void close();
}
