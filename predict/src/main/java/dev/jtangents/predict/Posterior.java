package dev.jtangents.predict;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;

/**
 * Gaussian process regression (Rasmussen and Williams 2006, equations 2.25 and 2.26), and the
 * distribution of networks trained without end (Lee et al. 2019, arXiv:1902.06720, equation 16).
 */
final class Posterior {
    private static final Shape NO_TIME = Shape.of();

    private Posterior() {}

    /** On the training set the labels are met exactly, without doubt. */
    static Gaussian onTrainingSet(
            Arena results, TrainingSet training, Inference inference, boolean withCovariance) {
        Labels labels = training.kernel(inference.kernel()).labels();
        KernelAxes axes = labels.axes();
        Shape rows = axes.trainRows();
        return new Gaussian(
                axes.outputs(results, NO_TIME, rows, labels.matrix()),
                withCovariance ? axes.emptyCovariance(results, NO_TIME, rows) : null);
    }

    static Gaussian onTestSet(
            Arena results, TrainingSet training, TestSet test, Inference inference) {
        TrainingKernel kernel = training.kernel(inference.kernel());
        Tensor testTrain = test.withTraining(inference.kernel());
        KernelAxes axes = training.labels().axes();
        try (Arena scratch = Arena.ofConfined()) {
            Tensor mean = Matrices.product(scratch, testTrain, false, kernel.weights(), false);
            Tensor covariance = null;
            if (test.hasCovariance()) {
                covariance = axes.emptyCovariance(results, NO_TIME, test.rows());
                Tensor matrix = covariance(scratch, training, test, inference);
                axes.putCovariance(covariance, NO_TIME, 0, test.rows(), matrix);
            }
            return new Gaussian(axes.outputs(results, NO_TIME, test.rows(), mean), covariance);
        }
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
        LinearAlgebra.get().multiply(-1, half, true, half, false, 1, covariance);
        Matrices.symmetrize(covariance);
        return covariance;
    }

    /**
     * The covariance of networks of which training has changed the outputs on the test set by
     * {@code response}ᵀ times what it has changed on the training set.
     *
     * @param response one column for each test example
     */
    static Tensor ofEnsemble(
            Arena scratch,
            TrainingSet training,
            TestSet test,
            Inference inference,
            Tensor response) {
        LinearAlgebra algebra = LinearAlgebra.get();
        Tensor prior = training.kernel(inference.prior()).matrix();
        Tensor priorTestTrain = test.withTraining(inference.prior());
        Tensor covariance = Matrices.copy(scratch, test.amongThemselves(inference.prior()));
        Tensor half = Matrices.product(scratch, prior, false, response, false);
        algebra.multiply(1, response, true, half, false, 1, covariance);
        algebra.multiply(-1, priorTestTrain, false, response, false, 1, covariance);
        algebra.multiply(-1, response, true, priorTestTrain, true, 1, covariance);
        Matrices.symmetrize(covariance);
        return covariance;
    }
}
