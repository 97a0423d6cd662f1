package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.MemoryBudget;

/**
 * How systems are solved.
 *
 * @param kind the solver
 * @param memory the budget in bytes for what the solver allocates; the examples, the labels and
 *     what a kernel function takes while it computes a block do not count
 * @param threads the number of worker threads; no result depends on it
 * @param seed of the preconditioner's pivots and of the centres
 * @param tolerance at which part of the right-hand side the residual ends the iterations
 * @param maxIterations after how many iterations there is no convergence
 * @param rank of the preconditioner of {@link SolverKind#CG}; 0 for 10 sqrt(N), or less if memory
 *     is short
 * @param centres the number M of centres of {@link SolverKind#NYSTROM}
 * @param acceptUnconverged whether a solution that has not converged is given, and reported, rather
 *     than refused
 */
public record SolverOptions(
        SolverKind kind,
        long memory,
        int threads,
        long seed,
        double tolerance,
        int maxIterations,
        int rank,
        int centres,
        boolean acceptUnconverged) {
    /**
     * Chosen by memory, of which {@link MemoryBudget#standard} is the budget; all cores; seed 0;
     * 1e-8 within 1000 iterations.
     */
    public static SolverOptions defaults() {
        return new SolverOptions(
                SolverKind.AUTO,
                MemoryBudget.standard(),
                WorkerPool.ofCores().threads(),
                0,
                1e-8,
                1000,
                0,
                0,
                false);
    }

    public SolverOptions {
        WorkerPool.of(threads);
        positive("memory", memory);
        positive("max_iterations", maxIterations);
        if (rank < 0 || centres < 0) {
            throw new InputException(
                    "rank = "
                            + rank
                            + " and centres = "
                            + centres
                            + " are not allowed; give numbers from 0.");
        }
        if (!(tolerance > 0 && tolerance < 1)) {
            throw new InputException(
                    "tolerance = " + tolerance + " is not allowed; give a number between 0 and 1.");
        }
        if ((kind == SolverKind.NYSTROM) != (centres > 0)) {
            throw new InputException(
                    "centres = "
                            + centres
                            + " does not fit solver "
                            + kind.label()
                            + ": nystrom needs a number of centres, and no other solver has any.");
        }
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new InputException(
                    name + " = " + value + " is not allowed; give a number above 0.");
        }
    }

    WorkerPool pool() {
        return WorkerPool.of(threads);
    }

    /** The same with another solver; {@link #withCentres} is the way to nystrom. */
    public SolverOptions withKind(SolverKind other) {
        return new SolverOptions(
                other, memory, threads, seed, tolerance, maxIterations, rank, 0, acceptUnconverged);
    }

    /** The same within a number of bytes. */
    public SolverOptions withMemory(long bytes) {
        return new SolverOptions(
                kind,
                bytes,
                threads,
                seed,
                tolerance,
                maxIterations,
                rank,
                centres,
                acceptUnconverged);
    }

    /** The same on a number of threads. */
    public SolverOptions withThreads(int count) {
        return new SolverOptions(
                kind,
                memory,
                count,
                seed,
                tolerance,
                maxIterations,
                rank,
                centres,
                acceptUnconverged);
    }

    /** The same with other random numbers. */
    public SolverOptions withSeed(long other) {
        return new SolverOptions(
                kind,
                memory,
                threads,
                other,
                tolerance,
                maxIterations,
                rank,
                centres,
                acceptUnconverged);
    }

    /** The same to another residual. */
    public SolverOptions withTolerance(double residual) {
        return new SolverOptions(
                kind,
                memory,
                threads,
                seed,
                residual,
                maxIterations,
                rank,
                centres,
                acceptUnconverged);
    }

    /** The same within a number of iterations. */
    public SolverOptions withMaxIterations(int count) {
        return new SolverOptions(
                kind, memory, threads, seed, tolerance, count, rank, centres, acceptUnconverged);
    }

    /** The same with a preconditioner of this rank for cg. */
    public SolverOptions withRank(int other) {
        return new SolverOptions(
                kind,
                memory,
                threads,
                seed,
                tolerance,
                maxIterations,
                other,
                centres,
                acceptUnconverged);
    }

    /** The same by nystrom with this number of centres. */
    public SolverOptions withCentres(int count) {
        return new SolverOptions(
                SolverKind.NYSTROM,
                memory,
                threads,
                seed,
                tolerance,
                maxIterations,
                rank,
                count,
                acceptUnconverged);
    }

    /** The same, giving what the iterations reached even if that is not the tolerance. */
    public SolverOptions acceptingUnconverged() {
        return new SolverOptions(
                kind, memory, threads, seed, tolerance, maxIterations, rank, centres, true);
    }
}
