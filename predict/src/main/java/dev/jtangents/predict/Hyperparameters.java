package dev.jtangents.predict;

/**
 * What a {@link HyperparameterSearch} varies.
 *
 * @param weightStd the standard deviation of the weights, W_std
 * @param biasStd the standard deviation of the biases, b_std
 * @param diagReg the regularisation, or the variance of the labels' noise
 */
public record Hyperparameters(double weightStd, double biasStd, double diagReg) {}
