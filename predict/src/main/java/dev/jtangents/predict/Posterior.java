package dev.jtangents.predict;

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
        Tensor trainTest = Matrices.transposed(scratch, test.withTraining(inference.kernel()));
        Tensor variance = Matrices.copy(scratch, test.amongThemselves(inference.prior()));
        if (inference.kernel() == inference.prior()) {
            Tensor half = kernel.solveHalf(scratch, trainTest);
            Matrices.addColumnProducts(variance, -1, half, half);
            return variance;
        }
        Tensor response = kernel.solve(scratch, trainTest);
        Tensor prior = training.kernel(inference.prior()).matrix();
        Tensor spread = Matrices.product(scratch, prior, false, response, false);
        Tensor priorTrainTest = Matrices.transposed(scratch, test.withTraining(inference.prior()));
        Matrices.addColumnProducts(variance, 1, response, spread);
        Matrices.addColumnProducts(variance, -2, response, priorTrainTest);
        return variance;
    }

    private static Tensor covariance(
            Arena scratch, TrainingSet training, TestSet test, Inference inference) {
        TrainingKernel kernel = training.kernel(inference.kernel());
        Tensor testTrain = test.withTraining(inference.kernel());
        Tensor trainTest = Matrices.transposed(scratch, testTrain);
        if (inference.kernel() != inference.prior()) {
            return ofEnsemble(scratch, training, test, inference, kernel.solve(scratch, trainTest));
        }
        // With R = L Lᵀ the reduction K_td R⁻¹ K_dt is a square, so it cannot be negative.
        Tensor half = kernel.solveHalf(scratch, trainTest);
        Tensor covariance = Matrices.copy(scratch, test.amongThemselves(inference.prior()));
        LinearAlgebra.onCores().multiply(-1, half, true, half, false, 1, covariance);
        Matrices.symmetrize(covariance);
        return covariance;
    }

    /**
     * The covariance of networks of which training has changed the outputs on the test set by
     * {@code response}ᵀ times what it has changed on the training set.
     *
     * @param response one column for each test example
     */
    private static Tensor ofEnsemble(
            Arena scratch,
            TrainingSet training,
            TestSet test,
            Inference inference,
            Tensor response) {
        LinearAlgebra algebra = LinearAlgebra.onCores();
        Tensor prior = training.kernel(inference.prior()).matrix();
        Tensor covariance = Matrices.copy(scratch, test.amongThemselves(inference.prior()));
        // N* A and its transpose at once: what is not symmetric is made so afterwards.
        Tensor spread = Matrices.transposed(scratch, test.withTraining(inference.prior()));
        algebra.multiply(1, prior, false, response, false, -2, spread);
        algebra.multiply(1, response, true, spread, false, 1, covariance);
        Matrices.symmetrize(covariance);
        return covariance;
    }
}
