package dev.jtangents.predict.solver;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Conjugate gradients with one of three preconditioners: the Cholesky factor in f64, after which
 * one iteration is the direct solution and more refine it; the one in f32; a low-rank
 * approximation.
 */
final class IterativeSolver implements KernelSolver {
    private static final double LARGEST_SINGLE = 1e30;

    private final SolverOptions options;
    private final SolverPlan plan;
    private final Preconditioner preconditioner;
    private final @Nullable KernelFactor factor;
    private final @Nullable Tensor keptKernel;
    private final KernelProduct product;
    private final double normBound;

    private IterativeSolver(
            SolverOptions options,
            SolverPlan plan,
            Preconditioner preconditioner,
            @Nullable Tensor keptKernel,
            KernelProduct product,
            double normBound) {
        this.options = options;
        this.plan = plan;
        this.preconditioner = preconditioner;
        this.factor = preconditioner instanceof KernelFactor made ? made : null;
        this.keptKernel = keptKernel;
        this.product = product;
        this.normBound = normBound;
    }

    static IterativeSolver of(ShiftedKernel shifted, SolverOptions options, SolverPlan plan) {
        return switch (plan.kind()) {
            case CHOLESKY -> direct(shifted, options, plan, DType.F64, shifted.jitters());
            case CHOLESKY_F32 -> {
                requireSingle(shifted.mean());
                double[] jitters = KernelFactor.singleJitters(shifted.mean());
                yield direct(shifted, options, plan, DType.F32, jitters);
            }
            case CG -> lowRank(shifted, options, plan);
            case AUTO, NYSTROM -> throw new IllegalArgumentException(plan.kind().label());
        };
    }

    static IterativeSolver of(
            KernelOperator kernel,
            DiagonalShift shift,
            SolverOptions options,
            Factorization factorization) {
        KernelFactor factor = KernelFactor.borrowed(factorization);
        SolverKind kind =
                factor.dtype() == DType.F64 ? SolverKind.CHOLESKY : SolverKind.CHOLESKY_F32;
        double[] diagonal = factorization.diagonal().toArray();
        double mean = KernelDiagonal.sum(diagonal) / diagonal.length;
        ShiftedKernel shifted =
                new ShiftedKernel(kernel, diagonal, shift.of(mean), new double[] {0});
        return with(factor, shifted, options, new SolverPlan(kind, 0, false, 0));
    }

    private static void requireSingle(double mean) {
        if (mean > LARGEST_SINGLE || (mean > 0 && mean < 1 / LARGEST_SINGLE)) {
            throw new InputException(
                    "The mean of the kernel's diagonal is "
                            + mean
                            + ", and a factor in f32 needs one between 1e-30 and 1e30: rescale the"
                            + " kernel, or use another solver.");
        }
    }

    private static IterativeSolver direct(
            ShiftedKernel shifted,
            SolverOptions options,
            SolverPlan plan,
            DType dtype,
            double[] jitters) {
        KernelFactor factor =
                KernelFactor.of(
                        shifted.kernel(),
                        dtype,
                        shifted.shift(),
                        jitters,
                        options.pool(),
                        eigenvalues -> notPositiveDefinite(shifted, eigenvalues));
        return with(factor, shifted, options, plan);
    }

    private static String notPositiveDefinite(ShiftedKernel shifted, EigenvalueRange eigenvalues) {
        long size = shifted.kernel().size();
        double unit = shifted.mean() > 0 ? shifted.mean() : 1;
        return String.format(
                Locale.ROOT,
                "The kernel of %d examples with %.3g on its diagonal is not positive definite to"
                        + " working precision: without it its eigenvalues go from about %.3g to"
                        + " %.3g. Set diag_reg to %s (on the absolute scale to %s), or allow a"
                        + " max_jitter.",
                size,
                shifted.shift(),
                eigenvalues.smallest(),
                eigenvalues.largest(),
                eigenvalues.lift(size, unit),
                eigenvalues.lift(size, 1));
    }

    private static IterativeSolver with(
            KernelFactor factor, ShiftedKernel shifted, SolverOptions options, SolverPlan plan) {
        boolean exact = factor.dtype() == DType.F64 || shifted.kernel().dtype() == DType.F32;
        KernelOperator kernel = exact ? factor.kernel() : shifted.kernel();
        // A jitter in f32 makes another preconditioner, not another problem.
        double jitter = factor.dtype() == DType.F64 ? factor.jitter() : 0;
        double added = shifted.shift() + jitter;
        KernelProduct product = new KernelProduct(kernel, added, options.pool());
        return new IterativeSolver(options, plan, factor, null, product, shifted.normBound(added));
    }

    private static IterativeSolver lowRank(
            ShiftedKernel shifted, SolverOptions options, SolverPlan plan) {
        Tensor kept = plan.keepsKernel() ? Blocks.read(shifted.kernel(), options.pool()) : null;
        try {
            KernelOperator kernel =
                    kept == null ? shifted.kernel() : MatrixOperator.of(kept, "The kernel");
            LowRankPreconditioner preconditioner =
                    LowRankPreconditioner.of(
                            kernel,
                            shifted.diagonal(),
                            shifted.shift(),
                            plan.rank(),
                            options.seed(),
                            options.pool());
            return new IterativeSolver(
                    options,
                    plan,
                    preconditioner,
                    kept,
                    new KernelProduct(kernel, shifted.shift(), options.pool()),
                    shifted.normBound(shifted.shift()));
        } catch (RuntimeException | Error failure) {
            if (kept != null) {
                kept.close();
            }
            throw failure;
        }
    }

    @Override
    public Solution solve(Tensor right) {
        ConjugateGradients.Outcome outcome =
                ConjugateGradients.solve(
                        product,
                        preconditioner,
                        right,
                        options.tolerance(),
                        options.maxIterations(),
                        normBound);
        KernelFactor direct = plan.kind() == SolverKind.CHOLESKY ? factor : null;
        SolverReport report =
                new SolverReport(
                        plan.kind(),
                        product.size(),
                        preconditioner instanceof LowRankPreconditioner low ? low.rank() : 0,
                        outcome.iterations(),
                        outcome.residual(),
                        direct == null
                                ? OptionalDouble.empty()
                                : OptionalDouble.of(direct.reciprocalCondition()),
                        outcome.condition(),
                        direct == null ? 0 : direct.jitter(),
                        outcome.converged());
        return Convergence.required(outcome.solution(), report, options);
    }

    @Override
    public long bytes(long rightHandSides) {
        return plan.bytes() + ConjugateGradients.bytes(product.size(), rightHandSides);
    }

    @Override
    public Selection basis() {
        return Selection.range(0, product.size());
    }

    @Override
    public Optional<Factorization> factorization() {
        return Optional.ofNullable(factor).map(KernelFactor::factorization);
    }

    @Override
    public void close() {
        preconditioner.close();
        if (keptKernel != null) {
            keptKernel.close();
        }
    }
}
