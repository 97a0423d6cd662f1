package dev.jtangents.predict.solver;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/**
 * Regression with M centres m, examples drawn at random: the minimum over a of |K_Nm a - y|² +
 * shift aᵀ K_mm a (subset of regressors; Rasmussen and Williams 2006, section 8.3.1). The centres'
 * kernels are whitened first, block of rows by block of rows: with K_mm = L Lᵀ and B = K_Nm L⁻ᵀ it
 * is a = L⁻ᵀ (Bᵀ B + shift I)⁻¹ Bᵀ y, whose matrix has no eigenvalue below the shift and is not
 * squared twice, as that of the plain normal equations is.
 */
final class NystromSolver implements KernelSolver {
    /** The examples in a block of rows. */
    static final long ROWS = 2048;

    private static final long STRIP = 256;
    private static final long BLOCK = 512;

    private final LinearAlgebra algebra = LinearAlgebra.get();
    private final ShiftedKernel shifted;
    private final SolverOptions options;
    private final Selection centres;
    private final KernelFactor among;

    private NystromSolver(
            ShiftedKernel shifted, SolverOptions options, Selection centres, KernelFactor among) {
        this.shifted = shifted;
        this.options = options;
        this.centres = centres;
        this.among = among;
    }

    static NystromSolver of(ShiftedKernel shifted, SolverOptions options) {
        KernelOperator kernel = shifted.kernel();
        Selection centres = draw(kernel.size(), options.centres(), options.seed());
        try (Tensor block = kernel.block(centres, centres)) {
            KernelFactor among =
                    KernelFactor.of(
                            MatrixOperator.of(block, "The kernel between the centres"),
                            DType.F64,
                            0,
                            jitters(shifted.mean()),
                            options.pool(),
                            eigenvalues ->
                                    String.format(
                                            Locale.ROOT,
                                            "The kernel between %d centres is not positive"
                                                    + " semidefinite, its eigenvalues go from about"
                                                    + " %.3g to %.3g: it is not the kernel of a"
                                                    + " network.",
                                            centres.size(),
                                            eigenvalues.smallest(),
                                            eigenvalues.largest()));
            return new NystromSolver(shifted, options, centres, among);
        }
    }

    /** Centres that are close to one another need some: 0, then 1e-12 to 1e-4 of the mean. */
    private static double[] jitters(double mean) {
        return DoubleStream.concat(
                        DoubleStream.of(0),
                        DoubleStream.iterate(1e-12, jitter -> jitter < 2e-4, j -> 10 * j))
                .map(jitter -> jitter * mean)
                .toArray();
    }

    /** Some of the examples, each at most once, in increasing order (Floyd's algorithm). */
    private static Selection draw(long size, long count, long seed) {
        if (count > size) {
            throw new InputException(
                    "centres = " + count + " are more than the " + size + " examples there are.");
        }
        SplittableRandom random = new SplittableRandom(seed);
        Set<Long> drawn = new HashSet<>();
        for (long last = size - count; last < size; last++) {
            long candidate = random.nextLong(last + 1);
            drawn.add(drawn.contains(candidate) ? last : candidate);
        }
        long[] sorted = drawn.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return Selection.of(sorted);
    }

    @Override
    public Solution solve(Tensor right) {
        long count = centres.size();
        WorkerPool pool = options.pool();
        try (Arena arena = Arena.ofShared();
                Tensor gram = Tensor.allocate(DType.F64, Shape.of(count, count))) {
            Tensor moments = Blocks.zeros(arena, count, right.shape().extent(1));
            accumulate(right, gram, moments, pool);
            KernelFactor factor =
                    KernelFactor.of(
                            MatrixOperator.of(gram, "The normal equations"),
                            DType.F64,
                            shifted.shift(),
                            new double[] {0},
                            pool,
                            _ ->
                                    "The normal equations of "
                                            + count
                                            + " centres are singular to working precision: raise"
                                            + " diag_reg, or use fewer centres.");
            try (factor) {
                return solve(factor, moments);
            }
        }
    }

    private void accumulate(Tensor right, Tensor gram, Tensor moments, WorkerPool pool) {
        KernelOperator kernel = shifted.kernel();
        try (Arena arena = Arena.ofShared()) {
            long width = Math.min(ROWS, kernel.size());
            Tensor scratch = Blocks.zeros(arena, centres.size(), width);
            for (long from = 0; from < kernel.size(); from += ROWS) {
                long to = Math.min(kernel.size(), from + ROWS);
                Tensor white = Blocks.columns(scratch, 0, to - from);
                try (Tensor block = kernel.block(centres, Selection.range(from, to))) {
                    whiten(block, white, pool);
                }
                GramMatrix.add(white, gram, BLOCK, pool);
                Tensor labels = Blocks.rows(right, from, to);
                pool.runRanges(
                        centres.size(),
                        STRIP,
                        (row, toRow) ->
                                algebra.multiply(
                                        1,
                                        Blocks.rows(white, row, toRow),
                                        false,
                                        labels,
                                        false,
                                        1,
                                        Blocks.rows(moments, row, toRow)));
            }
        }
    }

    private void whiten(Tensor block, Tensor white, WorkerPool pool) {
        pool.runRanges(
                block.shape().extent(1),
                STRIP,
                (from, to) -> {
                    Tensor strip = Blocks.columns(white, from, to);
                    Blocks.copy(Blocks.columns(block, from, to), strip);
                    among.solveHalf(strip);
                });
    }

    private Solution solve(KernelFactor factor, Tensor moments) {
        double trace = KernelDiagonal.sum(factor.factorization().diagonal().toArray());
        ConjugateGradients.Outcome outcome =
                ConjugateGradients.solve(
                        new KernelProduct(factor.kernel(), shifted.shift(), options.pool()),
                        factor,
                        moments,
                        options.tolerance(),
                        options.maxIterations(),
                        trace + shifted.shift());
        among.solveTransposedHalf(outcome.solution());
        SolverReport report =
                new SolverReport(
                        SolverKind.NYSTROM,
                        shifted.kernel().size(),
                        Math.toIntExact(centres.size()),
                        outcome.iterations(),
                        outcome.residual(),
                        OptionalDouble.of(factor.reciprocalCondition()),
                        outcome.condition(),
                        among.jitter(),
                        outcome.converged());
        return Convergence.required(outcome.solution(), report, options);
    }

    @Override
    public long bytes(long rightHandSides) {
        return SolverPlan.of(shifted.kernel(), options, rightHandSides).bytes();
    }

    @Override
    public Selection basis() {
        return centres;
    }

    @Override
    public Optional<Factorization> factorization() {
        return Optional.empty();
    }

    @Override
    public void close() {
        among.close();
    }
}
