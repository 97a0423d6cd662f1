package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;

/**
 * A low-rank approximation K = F Fᵀ of a kernel by randomly pivoted partial Cholesky factorisation
 * (Chen, Epperly, Tropp and Webber 2022, arXiv:2207.06503), block by block. Of the kernel it reads
 * the diagonal and the rows of the pivots.
 */
final class RandomlyPivotedCholesky {
    private static final int BLOCK = 128;

    /** The columns of a block of rows that are computed at once. */
    private static final long SPAN = 8192;

    private static final long STRIP = 512;

    /** Where so small a part of the trace is left, rounding is what is left. */
    private static final double NOTHING = 1e-13;

    private final LinearAlgebra algebra = LinearAlgebra.get();
    private final KernelOperator kernel;
    private final WorkerPool pool;
    private final PivotSampler sampler;
    private final Tensor rows;
    private final double[] rest;
    private int rank;

    private RandomlyPivotedCholesky(
            KernelOperator kernel, double[] diagonal, long seed, Tensor rows, WorkerPool pool) {
        this.kernel = kernel;
        this.pool = pool;
        this.sampler = new PivotSampler(seed);
        this.rows = rows;
        this.rest = diagonal.clone();
    }

    /**
     * An approximation.
     *
     * @param rows Fᵀ, (rank, N), which the caller closes
     * @param rank how many of the rows are used
     * @param traceLeft the trace of what is left of the kernel
     */
    record Approximation(Tensor rows, int rank, double traceLeft) {
        Tensor used() {
            return rows.slice(0, 0, rank);
        }
    }

    /** An approximation of a rank, or of a lower one that leaves nothing but rounding. */
    static Approximation of(
            KernelOperator kernel, double[] diagonal, int rank, long seed, WorkerPool pool) {
        Tensor rows = Tensor.allocate(DType.F64, Shape.of(rank, kernel.size()));
        try {
            return new RandomlyPivotedCholesky(kernel, diagonal, seed, rows, pool).run(rank);
        } catch (RuntimeException | Error failure) {
            rows.close();
            throw failure;
        }
    }

    private Approximation run(int most) {
        double trace = KernelDiagonal.sum(rest);
        double left = trace;
        boolean grows = true;
        while (rank < most && left > NOTHING * trace && grows) {
            long[] candidates = sampler.candidates(rest, Math.min(BLOCK, 2 * (most - rank)));
            int before = rank;
            addBlock(Selection.of(candidates), most - rank);
            grows = rank > before;
            left = KernelDiagonal.sum(rest);
        }
        return new Approximation(rows, rank, left);
    }

    private void addBlock(Selection candidates, int most) {
        try (Arena arena = Arena.ofShared()) {
            Tensor schur = schur(arena, candidates);
            Tensor eliminated = Tensor.allocate(arena, DType.F64, schur.shape());
            eliminated.assign(schur);
            int[] accepted = sampler.accepted(eliminated, most);
            long[] pivots = new long[accepted.length];
            Tensor corner = Blocks.zeros(arena, accepted.length, accepted.length);
            for (int i = 0; i < accepted.length; i++) {
                pivots[i] = candidates.index(accepted[i]);
                for (int j = 0; j < accepted.length; j++) {
                    corner.set(schur.get(accepted[i], accepted[j]), i, j);
                }
            }
            if (pivots.length > 0 && algebra.cholesky(corner) == 0) {
                addRows(Selection.of(pivots), corner);
            }
        }
    }

    /** What is left of the kernel between the candidates. */
    private Tensor schur(Arena arena, Selection candidates) {
        Tensor schur = Blocks.zeros(arena, candidates.size(), candidates.size());
        try (Tensor block = kernel.block(candidates, candidates);
                Tensor known = candidates.of(used(), 1)) {
            Blocks.copy(block, schur);
            algebra.multiply(-1, known, true, known, false, 1, schur);
        }
        return schur;
    }

    private Tensor used() {
        return rows.slice(0, 0, rank);
    }

    /**
     * The next rows of Fᵀ: L⁻¹ (K(pivots, ·) - F(pivots, ·) Fᵀ), where L is their corner's factor.
     */
    private void addRows(Selection pivots, Tensor factor) {
        int count = Math.toIntExact(pivots.size());
        Tensor added = rows.slice(0, rank, rank + count);
        try (Tensor known = pivots.of(used(), 1)) {
            for (long from = 0; from < kernel.size(); from += SPAN) {
                long to = Math.min(kernel.size(), from + SPAN);
                try (Tensor block = kernel.block(pivots, Selection.range(from, to))) {
                    Tensor above = Blocks.columns(used(), from, to);
                    Tensor target = Blocks.columns(added, from, to);
                    addSpan(from, block, known, above, factor, target);
                }
            }
        }
        for (int i = 0; i < count; i++) {
            rest[Math.toIntExact(pivots.index(i))] = 0;
        }
        rank += count;
    }

    private void addSpan(
            long start, Tensor block, Tensor known, Tensor above, Tensor factor, Tensor target) {
        pool.runRanges(
                block.shape().extent(1),
                STRIP,
                (from, to) -> {
                    Tensor strip = Blocks.columns(target, from, to);
                    Blocks.copy(Blocks.columns(block, from, to), strip);
                    Tensor before = Blocks.columns(above, from, to);
                    algebra.multiply(-1, known, true, before, false, 1, strip);
                    algebra.triangularSolve(factor, false, strip);
                    subtractSquares(strip, start + from);
                });
    }

    private void subtractSquares(Tensor strip, long column) {
        for (long row = 0; row < strip.shape().extent(0); row++) {
            for (long j = 0; j < strip.shape().extent(1); j++) {
                double value = strip.get(row, j);
                int at = Math.toIntExact(column + j);
                rest[at] = Math.max(0, rest[at] - value * value);
            }
        }
    }
}
