package dev.jtangents.layers;

import dev.jtangents.tensor.Tensor;

/**
 * The derivative of a loss by the outputs of a network. It is all that training needs of the loss;
 * {@code Loss.mse()::gradient} of the package {@code predict} is one.
 */
@FunctionalInterface
public interface LossGradient {
    /**
     * Writes the derivative of the loss of all outputs by each of them.
     *
     * @param outputs f64, row-major, of the shape of the labels; borrowed, like all of these
     * @param labels the same
     * @param gradient where to write; the same
     */
    void gradient(Tensor outputs, Tensor labels, Tensor gradient);
}
