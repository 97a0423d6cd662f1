package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * P = F Fᵀ + μ I, with F from a randomly pivoted Cholesky factorisation (Diaz, Epperly, Frangella,
 * Tropp and Webber 2023, arXiv:2304.12465). By Woodbury's identity P⁻¹ = (I - W Wᵀ) / μ with W = F
 * L⁻ᵀ and L Lᵀ = Fᵀ F + μ I.
 */
final class LowRankPreconditioner implements Preconditioner {
    private static final long BLOCK = 256;
    private static final long STRIP = 512;

    /** Below this part of the trace μ would be lost beside Fᵀ F. */
    private static final double LEAST = 1e-13;

    private final LinearAlgebra algebra = LinearAlgebra.get();
    private final WorkerPool pool;
    private final RandomlyPivotedCholesky.Approximation approximation;
    private final double mu;

    private LowRankPreconditioner(
            RandomlyPivotedCholesky.Approximation approximation, double mu, WorkerPool pool) {
        this.approximation = approximation;
        this.mu = mu;
        this.pool = pool;
    }

    /** The bytes that a preconditioner of this rank takes. */
    static long bytes(long size, long rank) {
        return Double.BYTES * rank * (size + rank);
    }

    /**
     * A preconditioner for K + shift I. Its μ is the shift and the mean of what the approximation
     * leaves of the diagonal.
     */
    static LowRankPreconditioner of(
            KernelOperator kernel,
            double[] diagonal,
            double shift,
            int rank,
            long seed,
            WorkerPool pool) {
        RandomlyPivotedCholesky.Approximation approximation =
                RandomlyPivotedCholesky.of(kernel, diagonal, rank, seed, pool);
        double trace = KernelDiagonal.sum(diagonal);
        double left = approximation.traceLeft() / diagonal.length;
        double mu = Math.max(shift + left, Math.max(LEAST * trace, Double.MIN_NORMAL));
        LowRankPreconditioner made = new LowRankPreconditioner(approximation, mu, pool);
        try {
            made.whiten();
            return made;
        } catch (RuntimeException | Error failure) {
            made.close();
            throw failure;
        }
    }

    int rank() {
        return approximation.rank();
    }

    /** Replaces Fᵀ by Wᵀ. */
    private void whiten() {
        Tensor rows = approximation.used();
        long rank = rank();
        if (rank == 0) {
            return;
        }
        try (Arena arena = Arena.ofShared()) {
            Tensor gram = Blocks.zeros(arena, rank, rank);
            GramMatrix.add(rows, gram, BLOCK, pool);
            Blocks.mirrorDown(gram, pool);
            for (long i = 0; i < rank; i++) {
                gram.set(gram.get(i, i) + mu, i, i);
            }
            LinearAlgebra onPool = LinearAlgebra.on(pool);
            if (onPool.cholesky(gram) != 0) {
                throw new InputException(
                        "The kernel has entries that are not finite, or is far from positive"
                                + " semidefinite: its approximation of rank "
                                + rank
                                + " is of no use. Look for NaN in the examples.");
            }
            onPool.triangularSolve(gram, false, rows);
        }
    }

    @Override
    public void apply(Tensor residual, Tensor result) {
        long columns = residual.shape().extent(1);
        double[] factors = new double[Math.toIntExact(columns)];
        Arrays.fill(factors, 1 / mu);
        Columns.scale(residual, factors, result);
        if (rank() == 0) {
            return;
        }
        Tensor rows = approximation.used();
        try (Arena arena = Arena.ofShared()) {
            Tensor part = Blocks.zeros(arena, rank(), columns);
            pool.runRanges(
                    rank(),
                    BLOCK,
                    (from, to) ->
                            algebra.multiply(
                                    1 / mu,
                                    Blocks.rows(rows, from, to),
                                    false,
                                    residual,
                                    false,
                                    0,
                                    Blocks.rows(part, from, to)));
            pool.runRanges(
                    rows.shape().extent(1),
                    STRIP,
                    (from, to) ->
                            algebra.multiply(
                                    -1,
                                    Blocks.columns(rows, from, to),
                                    true,
                                    part,
                                    false,
                                    1,
                                    Blocks.rows(result, from, to)));
        }
    }

    @Override
    public void close() {
        approximation.rows().close();
    }
}
