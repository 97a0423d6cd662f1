package dev.jtangents.predict;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.Locale;

/**
 * A kernel K between training examples and what solves with R = K + reg I: a Cholesky factor for
 * infinite time and a spectrum for finite time, each made when first needed and kept.
 */
final class TrainingKernel implements AutoCloseable {
    /** Beyond, the eigenvalues for a message would take minutes. */
    private static final long MOST_DIAGNOSED = 8192;

    /** Eigenvalues of kernels in f32 come out below 0 by less than this part of the largest. */
    private static final double ROUNDING = 1e-7;

    private final String name;
    private final Labels labels;
    private final Regularization regularization;
    private final Arena arena;
    private final Tensor matrix;
    private final double diagonalMean;
    private @Nullable Tensor factor;
    private @Nullable Spectrum spectrum;
    private @Nullable Tensor weights;
    private @Nullable Tensor rotatedPrior;
    private double reciprocalCondition;
    private double jitter;

    private TrainingKernel(
            String name, Labels labels, Regularization regularization, Arena arena, Tensor matrix) {
        this.name = name;
        this.labels = labels;
        this.regularization = regularization;
        this.arena = arena;
        this.matrix = matrix;
        this.diagonalMean = Matrices.diagonalMean(matrix);
    }

    /** A copy of this kernel between the examples of these labels. */
    static TrainingKernel of(
            Tensor kernel, String name, Labels labels, Regularization regularization) {
        Arena arena = Arena.ofShared();
        try {
            Tensor matrix = labels.axes().trainMatrix(arena, kernel, name);
            return new TrainingKernel(name, labels, regularization, arena, matrix);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    /** K, without regularisation. */
    Tensor matrix() {
        return matrix;
    }

    Labels labels() {
        return labels;
    }

    /** The eigenvalues and eigenvectors of R. */
    synchronized Spectrum spectrum() {
        if (spectrum == null) {
            Tensor regularized = regularized();
            try {
                spectrum = Spectrum.of(regularized);
            } catch (RuntimeException | Error failure) {
                regularized.close();
                throw failure;
            }
        }
        return spectrum;
    }

    /**
     * {@link #spectrum} for gradient descent, which moves away from its limit where an eigenvalue
     * is negative. Those that rounding has moved below 0 count as 0.
     *
     * @throws InputException when an eigenvalue is further below 0 than that
     */
    Spectrum descendingSpectrum() {
        Spectrum found = spectrum();
        if (!isSemidefinite(found)) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "%s with %s is not positive semidefinite: its eigenvalues go from %.3g"
                                    + " to %.3g, further below 0 than rounding explains, and"
                                    + " gradient descent with it would not descend. Set %s.",
                            name,
                            regularization,
                            found.smallest(),
                            found.largest(),
                            advice(found)));
        }
        return found;
    }

    private static boolean isSemidefinite(Spectrum found) {
        double size = Math.max(Math.abs(found.smallest()), Math.abs(found.largest()));
        return found.smallest() >= -ROUNDING * size;
    }

    /**
     * The Cholesky factor of R, or of R plus the jitter that makes it positive definite, in the
     * lower triangle.
     *
     * @throws InputException when R is not positive definite to working precision, whatever jitter
     *     is allowed
     */
    synchronized Tensor factor() {
        if (factor == null) {
            factor = tryFactor();
        }
        if (factor == null) {
            throw new InputException(notPositiveDefinite());
        }
        return factor;
    }

    /** Whether {@link #factor} finds one. */
    synchronized boolean isPositiveDefinite() {
        if (factor == null) {
            factor = tryFactor();
        }
        return factor != null;
    }

    private @Nullable Tensor tryFactor() {
        for (double candidate : regularization.jitters(diagonalMean).toArray()) {
            Tensor regularized = regularized();
            try {
                Matrices.addToDiagonal(regularized, candidate);
                if (replaceByFactor(regularized)) {
                    jitter = candidate;
                    return regularized;
                }
            } catch (RuntimeException | Error failure) {
                regularized.close();
                throw failure;
            }
            regularized.close();
        }
        return null;
    }

    private boolean replaceByFactor(Tensor regularized) {
        LinearAlgebra algebra = LinearAlgebra.onCores();
        double norm = algebra.symmetricNorm(regularized);
        reciprocalCondition =
                algebra.cholesky(regularized) == 0
                        ? algebra.reciprocalCondition(regularized, norm)
                        : 0;
        // Rounding decides whether the last pivots of a singular matrix come out positive;
        // solutions from such a factor would have no correct digit.
        return reciprocalCondition > Math.ulp(1.0);
    }

    /** What has been added to the diagonal of R to factor it; 0 before that. */
    synchronized double jitter() {
        return jitter;
    }

    /**
     * Refuses a kernel with eigenvalues that are further below 0 than rounding moves them.
     *
     * @throws InputException when there is one
     */
    void requireSemidefinite() {
        try (Tensor shifted = matrix.copy(DType.F64)) {
            double norm = LinearAlgebra.get().symmetricNorm(shifted);
            // Also a kernel of zeros is one.
            Matrices.addToDiagonal(shifted, Math.max(ROUNDING * norm, Double.MIN_NORMAL));
            if (LinearAlgebra.onCores().cholesky(shifted) != 0) {
                throw new InputException(
                        name
                                + " is not positive semidefinite"
                                + eigenvalues()
                                + ": it is not the kernel of a network, and gradient descent"
                                + " with it would not descend.");
            }
        }
    }

    /**
     * The covariance before training in the eigenbasis of R, made once and kept.
     *
     * @param prior its matrix, the same at every call
     */
    synchronized Tensor inEigenbasis(Tensor prior) {
        if (rotatedPrior == null) {
            try (Arena scratch = Arena.ofShared()) {
                Tensor half = spectrum().project(scratch, prior);
                rotatedPrior = spectrum().projectRows(arena, half);
            }
        }
        return rotatedPrior;
    }

    /** R⁻¹ times the labels. */
    synchronized Tensor weights() {
        if (weights == null) {
            weights = solve(arena, labels.matrix());
        }
        return weights;
    }

    /** R⁻¹ times the columns of a matrix. */
    Tensor solve(Arena scratch, Tensor right) {
        Tensor lower = factor();
        Tensor solution = Matrices.copy(scratch, right);
        LinearAlgebra.onCores().choleskySolve(lower, solution);
        return solution;
    }

    /** The rows of a matrix times R⁻¹. */
    Tensor solveRows(Arena scratch, Tensor rows) {
        Tensor solution = solveRowsHalf(scratch, rows);
        LinearAlgebra.onCores().triangularSolveRows(factor(), true, solution);
        return solution;
    }

    /** The rows of a matrix times L⁻ᵀ, for the Cholesky factor L of R. */
    Tensor solveRowsHalf(Arena scratch, Tensor rows) {
        Tensor solution = Matrices.copy(scratch, rows);
        LinearAlgebra.onCores().triangularSolveRows(factor(), false, solution);
        return solution;
    }

    /**
     * How close R, with the jitter if there is one, is to singular: from 1 (perfectly conditioned)
     * down to 0 (singular or indefinite).
     */
    synchronized double reciprocalCondition() {
        return factor == null || (spectrum != null && jitter == 0)
                ? spectrum().reciprocalCondition()
                : reciprocalCondition;
    }

    private Tensor regularized() {
        Tensor regularized = Tensor.allocate(DType.F64, matrix.shape());
        try {
            Matrices.assign(regularized, matrix);
            Matrices.addToDiagonal(regularized, regularization.of(diagonalMean));
            return regularized;
        } catch (RuntimeException | Error failure) {
            regularized.close();
            throw failure;
        }
    }

    private String notPositiveDefinite() {
        if (isTooLargeToDiagnose()) {
            return String.format(
                    Locale.ROOT,
                    "%s with %s is not positive definite to working precision (reciprocal"
                            + " condition number %.1g): raise diag_reg tenfold until it is.",
                    name,
                    regularization,
                    reciprocalCondition);
        }
        Spectrum found = spectrum();
        return String.format(
                Locale.ROOT,
                "%s with %s is not positive definite to working precision: its eigenvalues go from"
                        + " %.3g to %.3g. Set %s%s.",
                name,
                regularization,
                found.smallest(),
                found.largest(),
                advice(found),
                isSemidefinite(found) ? ", or train for a finite time" : "");
    }

    private String eigenvalues() {
        if (isTooLargeToDiagnose()) {
            return "";
        }
        Spectrum found = spectrum();
        return String.format(
                Locale.ROOT,
                " (its eigenvalues go from %.3g to %.3g)",
                found.smallest(),
                found.largest());
    }

    private boolean isTooLargeToDiagnose() {
        return matrix.shape().extent(0) > MOST_DIAGNOSED;
    }

    /** The smallest power of ten that lifts the smallest eigenvalue clearly above rounding. */
    private String advice(Spectrum found) {
        double size = Math.max(Math.abs(found.smallest()), Math.abs(found.largest()));
        long n = matrix.shape().extent(0);
        // A factorisation of order n rounds by a small multiple of n ulps of the largest
        // eigenvalue.
        double clear = Math.max(1e-12, 4 * n * Math.ulp(1.0)) * size;
        double needed =
                Math.max(
                        regularization.of(diagonalMean) - found.smallest() + clear,
                        Double.MIN_NORMAL);
        boolean absolute = regularization.absoluteScale() || diagonalMean <= 0;
        double scale = absolute ? 1 : diagonalMean;
        int exponent = (int) Math.ceil(Math.log10(needed / scale));
        return "diag_reg to 1e"
                + exponent
                + (absolute && !regularization.absoluteScale() ? " on the absolute scale" : "");
    }

    @Override
    public synchronized void close() {
        if (factor != null) {
            factor.close();
        }
        if (spectrum != null) {
            spectrum.close();
        }
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
