package dev.jtangents.predict;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.Tensor;

import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Function;

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
     * The outputs of one network under gradient descent on any loss, with momentum or without.
     *
     * @param loss the loss, for instance {@link Loss#crossEntropy}
     * @param kTrainTrain the neural tangent kernel between training examples
     * @param yTrain the labels
     */
    public static GradientDescent.Builder gradientDescent(
            Loss loss, Tensor kTrainTrain, Tensor yTrain) {
        return new GradientDescent.Builder(loss, kTrainTrain, yTrain);
    }

    /**
     * {@link #gradientDescent(Loss, Tensor, Tensor)} on a loss by its name, {@code mse} or {@code
     * cross_entropy}.
     *
     * @throws dev.jtangents.tensor.InputException when there is no such loss
     */
    public static GradientDescent.Builder gradientDescent(
            String loss, Tensor kTrainTrain, Tensor yTrain) {
        return gradientDescent(Loss.named(loss), kTrainTrain, yTrain);
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
     * The mean of an ensemble trained without end, or of a Gaussian process, for training sets of
     * any size: the kernel is computed block by block as it is needed.
     *
     * @param function the kernels of the network
     * @param xTrain the training examples; not copied, so keep them open while the fit is used
     * @param yTrain the labels
     */
    public static KernelRegression.Builder kernelRegression(
            KernelFunction function, Tensor xTrain, Tensor yTrain) {
        return new KernelRegression.Builder(
                new TrainingInputs.Examples(function, xTrain, false), yTrain);
    }

    /**
     * {@link #kernelRegression(KernelFunction, Tensor, Tensor)} on a kernel in memory, or mapped
     * from a file as {@code Npy.read} does.
     *
     * @param kTrainTrain the kernel between training examples, (N, N), f32 or f64; not copied, so
     *     keep it open while the fit is used
     * @param yTrain the labels
     */
    public static KernelRegression.Builder kernelRegression(Tensor kTrainTrain, Tensor yTrain) {
        return new KernelRegression.Builder(TrainingInputs.Matrix.of(kTrainTrain), yTrain);
    }

    /**
     * Opens a saved fit; what it holds stays mapped until the fit is closed. All of it is checked
     * for damage but the factor, which only covariances use.
     *
     * @param function the kernels that it was fitted with
     * @param xTrain the training examples that it was fitted to; borrowed
     * @throws dev.jtangents.tensor.InputException when the file cannot be read, is no fit, or is
     *     damaged, truncated or newer; when the examples or the kernels are not those of the fit
     */
    public static KernelRegression openKernelRegression(
            Path file, KernelFunction function, Tensor xTrain) {
        return RegressionFile.open(file, function, xTrain);
    }

    /**
     * Opens a saved fit by nystrom, which holds its centres, without the training examples.
     *
     * @throws dev.jtangents.tensor.InputException as {@link #openKernelRegression(Path,
     *     KernelFunction, Tensor)} does, and when it is a fit of another solver
     */
    public static KernelRegression openKernelRegression(Path file, KernelFunction function) {
        return RegressionFile.open(file, function, null);
    }

    /**
     * Opens a saved fit of a kernel matrix.
     *
     * @param kTrainTrain the matrix that it was fitted to; borrowed
     * @throws dev.jtangents.tensor.InputException as {@link #openKernelRegression(Path,
     *     KernelFunction, Tensor)} does
     */
    public static KernelRegression openKernelRegression(Path file, Tensor kTrainTrain) {
        return RegressionFile.open(file, kTrainTrain);
    }

    /**
     * A search for the hyper-parameters under which a Gaussian process makes the labels most
     * likely.
     *
     * @param yTrain the labels
     * @param family the covariance between the training examples for given hyper-parameters
     */
    public static HyperparameterSearch hyperparameterSearch(
            Tensor yTrain, Function<Hyperparameters, Tensor> family) {
        return new HyperparameterSearch(yTrain, family);
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
