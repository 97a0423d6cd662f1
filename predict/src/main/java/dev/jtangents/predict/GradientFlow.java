package dev.jtangents.predict;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;

/**
 * The distribution of networks that gradient descent has trained for a finite time (Lee et al.
 * 2019, arXiv:1902.06720, equations 14 and 15), in the eigenbasis of the train-train kernel. The
 * mean before training is 0.
 */
final class GradientFlow {
    private final TrainingSet training;
    private final KernelAxes axes;
    private final Time time;
    private final double[] rates;
    private final WorkerPool pool;

    /**
     * The flow of a training set.
     *
     * @param pool for the covariances of several times
     */
    GradientFlow(TrainingSet training, Time time, double learningRate, WorkerPool pool) {
        this.training = training;
        this.axes = training.labels().axes();
        this.time = time;
        this.rates = time.rates(learningRate, training.labels().count());
        this.pool = pool;
    }

    Gaussian onTrainingSet(Arena results, Inference inference, boolean withCovariance) {
        Shape rows = axes.trainRows();
        try (Arena scratch = Arena.ofShared()) {
            Tensor mean =
                    spectrum(inference).apply(scratch, SpectralFunction::gone, rates, labels());
            Tensor covariance = null;
            if (withCovariance) {
                covariance = covariances(results, rows, trainCovariance(inference));
            }
            return new Gaussian(axes.outputs(results, time.shape(), rows, mean), covariance, null);
        }
    }

    /** What the kernel with a test set is multiplied with for its means, at all times. */
    Tensor weights(Arena scratch, Inference inference) {
        return spectrum(inference).apply(scratch, SpectralFunction::integral, rates, labels());
    }

    /** Mean and covariance. */
    Gaussian onTestSet(Arena results, TestSet test, Inference inference) {
        try (Arena scratch = Arena.ofShared()) {
            Tensor testTrain = test.withTraining(inference.kernel());
            Tensor weights = weights(scratch, inference);
            Tensor mean = Matrices.product(scratch, testTrain, false, weights, false);
            CovarianceAt covariance = testCovariance(scratch, test, inference);
            return new Gaussian(
                    axes.outputs(results, time.shape(), test.rows(), mean),
                    covariances(results, test.rows(), covariance),
                    null);
        }
    }

    private CovarianceAt trainCovariance(Inference inference) {
        Spectrum spectrum = spectrum(inference);
        if (inference.kernel() == inference.prior()) {
            return (step, rate) -> {
                double[] left = spectrum.map(GradientFlow::leftVariance, rate);
                Tensor scaled = Matrices.scaledRows(step, spectrum.vectors(), left);
                return spectrum.combine(step, scaled);
            };
        }
        Tensor prior = prior(inference);
        return (step, rate) -> {
            double[] decay = spectrum.map(SpectralFunction::decay, rate);
            Tensor half = spectrum.combine(step, Matrices.scaledRows(step, prior, decay));
            Tensor turned = Matrices.transposed(step, half);
            return spectrum.combine(step, Matrices.scaledRows(step, turned, decay));
        };
    }

    private CovarianceAt testCovariance(Arena scratch, TestSet test, Inference inference) {
        Spectrum spectrum = spectrum(inference);
        Tensor testTrain = test.withTraining(inference.kernel());
        Tensor projected = spectrum.projectRows(scratch, testTrain);
        if (inference.kernel() == inference.prior()) {
            return (step, rate) -> {
                double[] reduction = spectrum.map(SpectralFunction::integral, 2 * rate);
                Tensor scaled = Matrices.scaledRows(step, projected, reduction);
                Tensor covariance = Matrices.copy(step, test.amongThemselves(inference.prior()));
                LinearAlgebra.onCores().multiply(-1, projected, true, scaled, false, 1, covariance);
                return covariance;
            };
        }
        Tensor prior = prior(inference);
        Tensor priorTestTrain = test.withTraining(inference.prior());
        Tensor priorProjected = spectrum.projectRows(scratch, priorTestTrain);
        return (step, rate) -> {
            double[] pull = spectrum.map(SpectralFunction::integral, rate);
            Tensor response = Matrices.scaledRows(step, projected, pull);
            Tensor spread = Matrices.product(step, prior, false, response, false);
            // N* A and its transpose at once: what is not symmetric is made so afterwards.
            Matrices.addToBlocks(spread, -2, priorProjected);
            Tensor covariance = Matrices.copy(step, test.amongThemselves(inference.prior()));
            LinearAlgebra.onCores().multiply(1, response, true, spread, false, 1, covariance);
            return covariance;
        };
    }

    private Tensor covariances(Arena results, Shape rows, CovarianceAt function) {
        Tensor all = axes.emptyCovariance(results, time.shape(), rows);
        pool.runEach(
                rates.length,
                number -> {
                    int i = Math.toIntExact(number);
                    try (Arena step = Arena.ofShared()) {
                        Tensor covariance = function.at(step, rates[i]);
                        Matrices.symmetrize(covariance);
                        axes.putCovariance(all, time.shape(), i, rows, covariance);
                    }
                });
        return all;
    }

    private Spectrum spectrum(Inference inference) {
        return training.kernel(inference.kernel()).descendingSpectrum();
    }

    /** The covariance before training, in the eigenbasis. */
    private Tensor prior(Inference inference) {
        Tensor prior = training.kernel(inference.prior()).matrix();
        return training.kernel(inference.kernel()).inEigenbasis(prior);
    }

    private Tensor labels() {
        return training.labels().matrix();
    }

    /** The variance along an eigenvector, λ⁺ before training, as deviations decay. */
    private static double leftVariance(double eigenvalue, double rate) {
        return SpectralFunction.positive(eigenvalue) * SpectralFunction.decay(eigenvalue, 2 * rate);
    }

    /** The matrix of a covariance after training at a rate, on the arena given. */
    @FunctionalInterface
    private interface CovarianceAt {
        Tensor at(Arena step, double rate);
    }
}
