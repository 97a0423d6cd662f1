package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.OptionalLong;

/** The largest stable learning rate. */
final class MaxLearningRateTest {
    @Test
    void byHand() {
        Tensor ntk = Examples.diagonal(1, 1, 2);
        assertEquals(3, Predict.maxLearningRate(ntk), 1e-11);
        assertEquals(5.7, Predict.maxLearningRate(ntk, OptionalLong.empty(), 0.9), 1e-11);
        assertEquals(10, Predict.maxLearningRate(ntk, OptionalLong.of(10), 0), 1e-10);
        assertEquals(3, Predict.maxLearningRate(ntk.copy(DType.F32)), 1e-11);
    }

    @Test
    void epsKeepsItFinite() {
        Tensor zero = Examples.diagonal(0, 0);
        assertEquals(8, Predict.maxLearningRate(zero, OptionalLong.empty(), 0, 0.5), 1e-14);
    }

    /** Steps just below the rate shrink the largest residual, steps just above let it grow. */
    @Test
    void isWhereDescentTurnsUnstable() {
        Tensor ntk = Examples.definite(1, 5);
        double rate = Predict.maxLearningRate(ntk);
        assertTrue(residualAfter(ntk, 0.99 * rate, 2000) < 1e-3);
        assertTrue(residualAfter(ntk, 1.01 * rate, 2000) > 1e3);
    }

    private static double residualAfter(Tensor ntk, double learningRate, int steps) {
        int n = (int) ntk.shape().extent(0);
        double[] residual = Examples.random(2, n).toArray();
        for (int step = 0; step < steps; step++) {
            double[] next = residual.clone();
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    next[i] -= learningRate / n * ntk.get(i, j) * residual[j];
                }
            }
            residual = next;
        }
        double largest = 0;
        for (double value : residual) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @Test
    void kernelsOfAScaleThatHasNone() {
        Examples.assertRefused(
                () ->
                        Predict.maxLearningRate(
                                Examples.diagonal(1e-320, 1e-320), OptionalLong.empty(), 0, 0),
                "largest eigenvalue",
                "rescale");
        Examples.assertRefused(
                () -> Predict.maxLearningRate(Examples.diagonal(1e308, 1e308)),
                "overflow",
                "rescale");
    }
}
