package dev.jtangents.predict.solver;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Preconditioned conjugate gradients (Hestenes and Stiefel 1952; Golub and Van Loan 2013, algorithm
 * 11.5.1) for several right-hand sides at once, each with its own steps: they share the products
 * with the kernel, which are what costs.
 *
 * <p>A column ends when its residual is at most tolerance times its right-hand side, or what
 * rounding leaves of any residual, ulp · norm of the matrix · length of the solution. The residuals
 * that decide in the end are computed anew; where those that the iteration carries along have
 * drifted away from them, it begins again from the solution so far.
 *
 * <p>Right-hand sides are scaled to about 1, by powers of two, which round nothing: the squares of
 * larger or smaller ones would overflow, or vanish and seem to have been solved for.
 */
final class ConjugateGradients {
    private final KernelProduct product;
    private final Preconditioner preconditioner;
    private final double tolerance;
    private final int maxIterations;
    private final double normBound;

    private final double[] scales;
    private final Tensor right;
    private final double[] rightNorms;
    private final Tensor solution;
    private final Tensor residual;
    private final Tensor preconditioned;
    private final Tensor direction;
    private final Tensor image;
    private final List<double[]> steps = new ArrayList<>();
    private final List<double[]> corrections = new ArrayList<>();
    private int iterations;
    private boolean begunAgain;

    private ConjugateGradients(
            Arena arena,
            KernelProduct product,
            Preconditioner preconditioner,
            Tensor unscaled,
            double tolerance,
            int maxIterations,
            double normBound) {
        this.product = product;
        this.preconditioner = preconditioner;
        this.tolerance = tolerance;
        this.maxIterations = maxIterations;
        this.normBound = normBound;
        this.scales = Columns.scales(unscaled);
        this.right = Tensor.allocate(arena, DType.F64, unscaled.shape());
        Columns.scale(unscaled, inverses(scales), right);
        this.rightNorms = Columns.norms(right);
        this.solution = Tensor.allocate(arena, DType.F64, right.shape());
        this.residual = Tensor.allocate(arena, DType.F64, right.shape());
        this.preconditioned = Tensor.allocate(arena, DType.F64, right.shape());
        this.direction = Tensor.allocate(arena, DType.F64, right.shape());
        this.image = Tensor.allocate(arena, DType.F64, right.shape());
    }

    /** The bytes that a solution with this many rows and columns takes. */
    static long bytes(long rows, long columns) {
        return 7 * Double.BYTES * rows * columns;
    }

    /**
     * Where the iteration ended.
     *
     * @param solution what the caller closes
     * @param residual the largest residual of a column, relative to its right-hand side
     * @param condition an estimate of the condition number of the preconditioned matrix
     */
    record Outcome(
            Tensor solution,
            int iterations,
            double residual,
            double condition,
            boolean converged) {}

    /**
     * Solves for the columns of {@code right}.
     *
     * @param normBound an upper bound of the norm of the matrix
     * @throws InputException when the matrix is seen not to be positive definite, or a right-hand
     *     side is not finite
     */
    static Outcome solve(
            KernelProduct product,
            Preconditioner preconditioner,
            Tensor right,
            double tolerance,
            int maxIterations,
            double normBound) {
        try (Arena arena = Arena.ofShared()) {
            return new ConjugateGradients(
                            arena,
                            product,
                            preconditioner,
                            right,
                            tolerance,
                            maxIterations,
                            normBound)
                    .run();
        }
    }

    private Outcome run() {
        residual.assign(right);
        boolean converged = allMet();
        double[] last = Columns.norms(residual);
        while (!converged && iterations < maxIterations) {
            iterate();
            begunAgain = true;
            product.multiply(solution, image);
            Columns.combine(right, constant(-1), image, residual);
            converged = allMet();
            double[] now = Columns.norms(residual);
            if (!converged && worst(now) > worst(last) / 2) {
                break;
            }
            last = now;
        }
        double condition = Lanczos.condition(steps, corrections);
        Tensor unscaled = Tensor.allocate(DType.F64, solution.shape());
        Columns.scale(solution, scales, unscaled);
        return new Outcome(
                unscaled, iterations, worst(Columns.norms(residual)), condition, converged);
    }

    private void iterate() {
        boolean[] active = active();
        preconditioner.apply(residual, preconditioned);
        direction.assign(preconditioned);
        double[] rz = Columns.products(residual, preconditioned);
        while (any(active) && iterations < maxIterations) {
            product.multiply(direction, image);
            double[] curvature = Columns.products(direction, image);
            double[] step = quotients(rz, curvature, active);
            Columns.add(solution, step, direction);
            Columns.add(residual, negative(step), image);
            iterations++;
            preconditioner.apply(residual, preconditioned);
            double[] next = Columns.products(residual, preconditioned);
            active = active();
            double[] correction = new double[next.length];
            for (int column = 0; column < next.length; column++) {
                // What rounding has left without a direction is begun again from outside.
                active[column] &= next[column] > 0 && rz[column] > 0;
                correction[column] = active[column] ? next[column] / rz[column] : 0;
            }
            if (!begunAgain) {
                steps.add(step);
                corrections.add(correction);
            }
            Columns.combine(preconditioned, correction, direction, direction);
            rz = next;
        }
    }

    private static double[] quotients(double[] rz, double[] curvature, boolean[] active) {
        double[] quotients = new double[rz.length];
        for (int column = 0; column < rz.length; column++) {
            if (active[column] && !(curvature[column] > 0)) {
                throw new InputException(
                        "The kernel with its regularisation is not positive definite: conjugate"
                                + " gradients have met a direction of curvature "
                                + curvature[column]
                                + ". Raise diag_reg tenfold until it is, and at least to 1e-6 for"
                                + " kernels in f32.");
            }
            quotients[column] = active[column] ? rz[column] / curvature[column] : 0;
        }
        return quotients;
    }

    private boolean[] active() {
        double[] norms = Columns.norms(residual);
        double[] lengths = Columns.norms(solution);
        boolean[] active = new boolean[norms.length];
        for (int column = 0; column < norms.length; column++) {
            double rounding = Math.ulp(1.0) * normBound * lengths[column];
            active[column] = !(norms[column] <= tolerance * rightNorms[column] + rounding);
        }
        return active;
    }

    private boolean allMet() {
        return !any(active());
    }

    private static boolean any(boolean[] flags) {
        for (boolean flag : flags) {
            if (flag) {
                return true;
            }
        }
        return false;
    }

    private double worst(double[] norms) {
        double worst = 0;
        for (int column = 0; column < norms.length; column++) {
            if (rightNorms[column] > 0) {
                worst = Math.max(worst, norms[column] / rightNorms[column]);
            }
        }
        return worst;
    }

    private double[] constant(double value) {
        double[] constant = new double[rightNorms.length];
        Arrays.fill(constant, value);
        return constant;
    }

    private static double[] inverses(double[] values) {
        return Arrays.stream(values).map(value -> 1 / value).toArray();
    }

    private static double[] negative(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }
}
