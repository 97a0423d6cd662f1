package dev.jtangents.cli;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

/**
 * The mean squared error of one network of the ensemble, which varies from network to network.
 *
 * <p>On N examples the errors of output j are normal with mean b_j, that of the ensemble's mean,
 * and covariance Σ, independent for the C outputs. Their mean square then has the mean Σ_j (|b_j|²
 * + tr Σ) / (N C) and the variance Σ_j (2 tr Σ² + 4 b_jᵀ Σ b_j) / (N C)².
 *
 * @param mean over the networks
 * @param deviation the standard deviation from network to network
 */
record NetworkError(double mean, double deviation) {
    /**
     * The error of networks with this distribution.
     *
     * @param mean (examples, outputs)
     * @param covariance (examples, examples), equal for all outputs
     */
    static NetworkError of(Tensor mean, Tensor covariance, Labels labels) {
        Tensor truth = labels.values();
        long examples = truth.shape().extent(0);
        long outputs = truth.shape().extent(1);
        try (Tensor errors = mean.copy(DType.F64);
                Tensor spread = Tensor.allocate(DType.F64, mean.shape())) {
            for (long i = 0; i < examples; i++) {
                for (long j = 0; j < outputs; j++) {
                    errors.set(mean.get(i, j) - truth.get(i, j), i, j);
                }
            }
            LinearAlgebra.get().multiply(1, covariance, false, errors, false, 0, spread);
            double trace = 0;
            double squaredTrace = 0;
            double squares = 0;
            double alongErrors = 0;
            for (long i = 0; i < examples; i++) {
                trace += covariance.get(i, i);
                for (double entry : covariance.slice(0, i, i + 1).toArray()) {
                    squaredTrace += entry * entry;
                }
                for (long j = 0; j < outputs; j++) {
                    squares += errors.get(i, j) * errors.get(i, j);
                    alongErrors += errors.get(i, j) * spread.get(i, j);
                }
            }
            double count = (double) examples * outputs;
            double variance = (2 * outputs * squaredTrace + 4 * alongErrors) / (count * count);
            return new NetworkError(
                    (squares + outputs * trace) / count, Math.sqrt(Math.max(0, variance)));
        }
    }
}
