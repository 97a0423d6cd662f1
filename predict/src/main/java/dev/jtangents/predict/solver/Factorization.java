package dev.jtangents.predict.solver;

import dev.jtangents.tensor.Tensor;

/**
 * A kernel and its Cholesky factor, for keeping and using again.
 *
 * @param matrix (N, N), f32 or f64: on and below the diagonal the factor L of K + (shift + jitter)
 *     I, above it K
 * @param diagonal (N,), f64: the diagonal of K
 * @param jitter what was added to the diagonal beside the regularisation
 * @param reciprocalCondition an estimate for a factor in f64; 1 for one in f32
 */
public record Factorization(
        Tensor matrix, Tensor diagonal, double jitter, double reciprocalCondition) {}
