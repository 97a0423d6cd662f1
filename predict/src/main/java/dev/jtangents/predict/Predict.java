package dev.jtangents.predict;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.Tensor;

import java.util.OptionalLong;

/**
 * Inference with the kernels of infinitely wide networks.
 *
 * <p>Labels have a shape of the user's, often (N, outputs). Kernels pair the axes of the labels,
 * (N, N, ...), without those that are traced (the last one, unless the builder's {@code traceAxes}
 * says otherwise): (N, N) for labels (N, outputs). Arrays may be f32 or f64, with any strides;
 * results are f64.
 *
 * <pre>{@code
 * try (GradientDescentMse fit =
 *                 Predict.gradientDescentMse(kTrainTrain, yTrain).learningRate(0.1).build();
 *         Outputs outputs = fit.at(Time.of(100)).testFrom(0, kTestTrain).predict()) {
 *     Tensor test = outputs.test();
 * }
 * }</pre>
 */
public final class Predict {
    private Predict() {}

    /**
     * The outputs of one network under gradient descent on the mean squared error.
     *
     * @param kTrainTrain the neural tangent kernel between training examples
     * @param yTrain the labels
     */
    public static GradientDescentMse.Builder gradientDescentMse(Tensor kTrainTrain, Tensor yTrain) {
        return new GradientDescentMse.Builder(kTrainTrain, yTrain);
    }

    /**
     * The distribution over functions that networks trained without end, or Bayesian inference,
     * give.
     *
     * @param kTrainTrain the kernels between training examples, at least one of them
     * @param yTrain the labels
     */
    public static GpInference.Builder gpInference(Kernels kTrainTrain, Tensor yTrain) {
        return new GpInference.Builder(kTrainTrain, yTrain);
    }

    /**
     * Gaussian process regression with one covariance function, which stands for the NNGP kernel.
     *
     * @param kTrainTrain the covariance between training examples
     * @param yTrain the labels
     */
    public static GpInference.Builder gpInference(Tensor kTrainTrain, Tensor yTrain) {
        return gpInference(Kernels.nngp(kTrainTrain), yTrain);
    }

    /**
     * The distribution over time of an ensemble of networks under gradient descent on the mean
     * squared error.
     *
     * @param function the kernels of the network
     * @param xTrain the training examples; not copied, so keep them open while the ensemble is used
     * @param yTrain the labels
     */
    public static GradientDescentMseEnsemble.Builder gradientDescentMseEnsemble(
            KernelFunction function, Tensor xTrain, Tensor yTrain) {
        return new GradientDescentMseEnsemble.Builder(function, xTrain, yTrain);
    }

    /**
     * {@link #maxLearningRate(Tensor, OptionalLong, double, double)} without momentum, for as many
     * labels as the kernel has rows.
     */
    public static double maxLearningRate(Tensor ntkTrainTrain) {
        return maxLearningRate(ntkTrainTrain, OptionalLong.empty(), 0);
    }

    /** {@link #maxLearningRate(Tensor, OptionalLong, double, double)} with eps = 1e-12. */
    public static double maxLearningRate(
            Tensor ntkTrainTrain, OptionalLong yTrainSize, double momentum) {
        return maxLearningRate(ntkTrainTrain, yTrainSize, momentum, 1e-12);
    }

    /**
     * The largest learning rate at which gradient descent on 1/2 mean (f - y)² is stable: 2 (1 +
     * momentum) M / (largest eigenvalue + eps).
     *
     * @param ntkTrainTrain the neural tangent kernel between training examples, (N, N), or with
     *     output axes in pairs, (N, N, O, O)
     * @param yTrainSize the number M of all labels, those along traced axes too; when empty the
     *     number of rows of the kernel, which is right only if no axis is traced
     * @param momentum from 0 to below 1
     * @param eps what keeps the quotient finite for a kernel of zeros
     * @throws dev.jtangents.tensor.InputException when the kernel is not square, symmetric and
     *     finite or has no positive eigenvalue, or a number is out of its range
     */
    public static double maxLearningRate(
            Tensor ntkTrainTrain, OptionalLong yTrainSize, double momentum, double eps) {
        return MaxLearningRate.of(ntkTrainTrain, yTrainSize, momentum, eps);
    }
}
