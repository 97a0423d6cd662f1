package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

/**
 * A differentiable loss of all outputs of a network on its training set.
 *
 * <p>Arrays are f64, row-major and of the shape of the labels. They belong to the caller of these
 * methods, and to its thread: a loss neither changes outputs and labels nor keeps any of the arrays
 * nor hands them to other threads. Between two calls it must not change.
 */
public interface Loss {
    /** The loss of these outputs: one number for all of them. */
    double value(Tensor outputs, Tensor labels);

    /** Writes the derivative of {@link #value} in each of the outputs to {@code gradient}. */
    void gradient(Tensor outputs, Tensor labels, Tensor gradient);

    /** The mean squared error, 1/2 mean (f - y)² over all outputs. */
    static Loss mse() {
        return new MeanSquaredError();
    }

    /**
     * The cross-entropy of labels, which are probabilities of classes along the last axis, to the
     * softmax of the outputs: -mean (y log softmax f) over all outputs, classes too.
     */
    static Loss crossEntropy() {
        return new CrossEntropy();
    }

    /**
     * A loss by its name, {@code mse} or {@code cross_entropy}.
     *
     * @throws InputException when there is no such loss
     */
    static Loss named(String name) {
        return switch (name) {
            case "mse" -> mse();
            case "cross_entropy" -> crossEntropy();
            default ->
                    throw new InputException(
                            "There is no loss \""
                                    + name
                                    + "\"; name mse or cross_entropy, or implement Loss.");
        };
    }
}
