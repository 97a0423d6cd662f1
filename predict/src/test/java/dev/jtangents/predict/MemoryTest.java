package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** What is kept and what is handed out is freed by close. */
final class MemoryTest {
    private final Tensor kernel = Examples.definite(1, 4);
    private final Tensor labels = Examples.random(2, 4, 2);

    private static boolean isAlive(Tensor tensor) {
        return tensor.segment().scope().isAlive();
    }

    @Test
    void keptMatricesAreFreed() {
        List<Tensor> kept = new ArrayList<>();
        try (Labels owned = Labels.of(labels, new int[] {-1});
                TrainingKernel training =
                        TrainingKernel.of(kernel, "k", owned, Regularization.NONE)) {
            kept.add(owned.matrix());
            kept.add(training.matrix());
            kept.add(training.factor());
            kept.add(training.weights());
            kept.add(training.spectrum().vectors());
            assertTrue(kept.stream().allMatch(MemoryTest::isAlive));
        }
        assertFalse(kept.stream().anyMatch(MemoryTest::isAlive));
    }

    @Test
    void factorsAreMadeOnce() {
        try (Labels owned = Labels.of(labels, new int[] {-1});
                TrainingKernel training =
                        TrainingKernel.of(kernel, "k", owned, Regularization.NONE)) {
            assertSame(training.factor(), training.factor());
            assertSame(training.spectrum(), training.spectrum());
            assertSame(training.weights(), training.weights());
        }
    }

    /** The spectrum that a failed factorisation is explained with serves finite times later on. */
    @Test
    void spectrumOfAFailureIsKept() {
        Tensor singular = Examples.diagonal(1, 0, 2, 3);
        try (Labels owned = Labels.of(labels, new int[] {-1});
                TrainingKernel training =
                        TrainingKernel.of(singular, "k", owned, Regularization.NONE)) {
            assertThrows(InputException.class, training::factor);
            assertEquals(0, training.spectrum().smallest());
            assertEquals(0, training.reciprocalCondition());
        }
    }

    @Test
    void resultsAreFreed() {
        try (GpInference inference = Predict.gpInference(kernel, labels).build()) {
            Gaussians gaussians = inference.on(kernel).covariance(kernel).predict();
            Tensor mean = gaussians.nngp().mean();
            Tensor covariance = gaussians.nngp().covariance();
            mean.close();
            assertTrue(isAlive(mean));
            gaussians.close();
            gaussians.close();
            assertFalse(isAlive(mean));
            assertFalse(isAlive(covariance));
        }
    }
}
