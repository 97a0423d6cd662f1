package dev.jtangents.predict;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.Locale;

/**
 * Gaussian process regression (Rasmussen and Williams 2006, equations 2.25 and 2.26), and the
 * distribution of networks trained without end (Lee et al. 2019, arXiv:1902.06720, equation 16).
 */
final class Posterior {
    private static final Shape NO_TIME = Shape.of();

    /** Variances further below 0, in parts of those before training, have lost all their digits. */
    private static final double ROUNDING = 1e-3;

    private Posterior() {}

    /** On the training set the labels are met exactly, without doubt. */
    static Gaussian onTrainingSet(
            Arena results, TrainingSet training, Inference inference, Uncertainty uncertainty) {
        Labels labels = training.kernel(inference.kernel()).labels();
        KernelAxes axes = labels.axes();
        Shape rows = axes.trainRows();
        return new Gaussian(
                axes.outputs(results, NO_TIME, rows, labels.matrix()),
                uncertainty == Uncertainty.COVARIANCE
                        ? axes.emptyCovariance(results, NO_TIME, rows)
                        : null,
                uncertainty == Uncertainty.VARIANCE
                        ? Tensor.allocate(results, DType.F64, rows)
                        : null);
    }

    static Gaussian onTestSet(
            Arena results, TrainingSet training, TestSet test, Inference inference) {
        TrainingKernel kernel = training.kernel(inference.kernel());
        Tensor testTrain = test.withTraining(inference.kernel());
        KernelAxes axes = training.labels().axes();
        Shape rows = test.rows();
        try (Arena scratch = Arena.ofShared()) {
            Tensor mean = Matrices.product(scratch, testTrain, false, kernel.weights(), false);
            Tensor covariance = null;
            Tensor variance = null;
            switch (test.uncertainty()) {
                case NONE -> {}
                case VARIANCE -> {
                    Tensor column = variance(scratch, training, test, inference);
                    Tensor prior = test.amongThemselves(inference.prior());
                    for (long i = 0; i < rows.size(); i++) {
                        requirePossible(column.get(i, 0), prior.get(i, 0), i);
                        column.set(Math.max(0, column.get(i, 0)), i, 0);
                    }
                    variance = axes.variances(results, rows, column);
                }
                case COVARIANCE -> {
                    Tensor matrix = covariance(scratch, training, test, inference);
                    Tensor prior = test.amongThemselves(inference.prior());
                    for (long i = 0; i < rows.size(); i++) {
                        requirePossible(matrix.get(i, i), prior.get(i, i), i);
                    }
                    covariance = axes.emptyCovariance(results, NO_TIME, rows);
                    axes.putCovariance(covariance, NO_TIME, 0, rows, matrix);
                }
            }
            Tensor means = axes.outputs(results, NO_TIME, rows, mean);
            return new Gaussian(means, covariance, variance);
        }
    }

    private static void requirePossible(double variance, double prior, long output) {
        if (variance < -ROUNDING * prior) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "The variance of test output %d is %.3g, and was %.3g before training:"
                                    + " either k_test_test or k_test_train is not of the kernels"
                                    + " and examples of the others, or k_train_train is too close"
                                    + " to singular; then raise diag_reg.",
                            output,
                            variance,
                            prior));
        }
    }

    /** The diagonal of {@link #covariance}, as a column. */
    private static Tensor variance(
            Arena scratch, TrainingSet training, TestSet test, Inference inference) {
        TrainingKernel kernel = training.kernel(inference.kernel());
        Tensor testTrain = test.withTraining(inference.kernel());
        Tensor variance = Matrices.copy(scratch, test.amongThemselves(inference.prior()));
        if (inference.kernel() == inference.prior()) {
            Tensor half = kernel.solveRowsHalf(scratch, testTrain);
            Matrices.addRowProducts(variance, -1, half, half);
            return variance;
        }
        Tensor response = kernel.solveRows(scratch, testTrain);
        Tensor change = change(scratch, training, test, inference.prior(), response);
        Matrices.addRowProducts(variance, 1, response, change);
        return variance;
    }

    private static Tensor covariance(
            Arena scratch, TrainingSet training, TestSet test, Inference inference) {
        LinearAlgebra algebra = LinearAlgebra.onCores();
        TrainingKernel kernel = training.kernel(inference.kernel());
        Tensor testTrain = test.withTraining(inference.kernel());
        Tensor covariance = Matrices.copy(scratch, test.amongThemselves(inference.prior()));
        if (inference.kernel() == inference.prior()) {
            // With R = L Lᵀ the reduction K_td R⁻¹ K_dt is a square, so it cannot be negative.
            Tensor half = kernel.solveRowsHalf(scratch, testTrain);
            algebra.multiply(-1, half, false, half, true, 1, covariance);
        } else {
            Tensor response = kernel.solveRows(scratch, testTrain);
            Tensor change = change(scratch, training, test, inference.prior(), response);
            algebra.multiply(1, response, false, change, true, 1, covariance);
        }
        Matrices.symmetrize(covariance);
        return covariance;
    }

    /**
     * Training adds Aᵀ N A - (N* A + its transpose) to the covariance N** of the outputs on the
     * test set, which follow those on the training set by {@code response}, Aᵀ. That is the
     * symmetric part of Aᵀ (Aᵀ N - 2 N*)ᵀ; this is the right-hand factor, not yet transposed.
     *
     * @param response one row for each test example
     */
    private static Tensor change(
            Arena scratch, TrainingSet training, TestSet test, KernelName prior, Tensor response) {
        Tensor change = Matrices.copy(scratch, test.withTraining(prior));
        Tensor amongTraining = training.kernel(prior).matrix();
        LinearAlgebra.onCores().multiply(1, response, false, amongTraining, false, -2, change);
        return change;
    }
}
