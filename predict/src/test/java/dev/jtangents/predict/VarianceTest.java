package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

/** Variances are the diagonals of covariances. */
final class VarianceTest {
    private final Tensor nngp = Examples.definite(1, 9);
    private final Tensor ntk = Examples.definite(2, 9);
    private final Tensor labels = Examples.random(3, 6, 2);
    private final Kernels trainTrain = Kernels.of(block(nngp, 0, 6, 0), block(ntk, 0, 6, 0));
    private final Kernels testTrain = Kernels.of(block(nngp, 6, 9, 0), block(ntk, 6, 9, 0));
    private final Kernels testTest = Kernels.of(block(nngp, 6, 9, 6), block(ntk, 6, 9, 6));
    private final Kernels diagonals =
            Kernels.of(diagonal(block(nngp, 6, 9, 6)), diagonal(block(ntk, 6, 9, 6)));

    private static Tensor block(Tensor kernel, int top, int bottom, int left) {
        return kernel.slice(0, top, bottom).slice(1, left, left == 0 ? 6 : 9).copy(DType.F64);
    }

    private static Tensor diagonal(Tensor matrix) {
        long n = matrix.shape().extent(0);
        Tensor diagonal = Tensor.allocate(DType.F64, Shape.of(n));
        for (long i = 0; i < n; i++) {
            diagonal.set(matrix.get(i, i), i);
        }
        return diagonal;
    }

    @Test
    void isTheDiagonalOfTheCovariance() {
        try (GpInference inference = Predict.gpInference(trainTrain, labels).diagReg(0.1).build();
                Gaussians full =
                        inference
                                .on(testTrain)
                                .get(Inference.values())
                                .covariance(testTest)
                                .predict();
                Gaussians diagonal =
                        inference
                                .on(testTrain)
                                .get(Inference.values())
                                .variance(diagonals)
                                .predict()) {
            for (Inference name : Inference.values()) {
                Gaussian actual = diagonal.get(name);
                assertEquals(Shape.of(3), actual.variance().shape());
                Examples.assertClose(
                        diagonal(full.get(name).covariance()), actual.variance(), 1e-13);
                Examples.assertClose(full.get(name).mean(), actual.mean(), 0);
                assertFalse(actual.hasCovariance());
                assertFalse(full.get(name).hasVariance());
                assertThrows(IllegalStateException.class, full.get(name)::variance);
            }
        }
    }

    @Test
    void withOutputAxes() {
        Tensor train = block(nngp, 0, 6, 0).reshape(3, 2, 3, 2).transpose(0, 2, 1, 3);
        Tensor cross = Examples.random(5, 4, 6).reshape(2, 2, 3, 2).transpose(0, 2, 1, 3);
        Tensor prior = Tensor.of(new double[] {5, 6, 7, 8}, 2, 2);
        try (GpInference inference =
                        Predict.gpInference(train, labels.slice(0, 0, 3)).traceAxes().build();
                Gaussians gaussians = inference.on(cross).variance(prior).predict();
                GpInference flat =
                        Predict.gpInference(block(nngp, 0, 6, 0), labels.slice(1, 0, 1)).build();
                Gaussians expected =
                        flat.on(Examples.random(5, 4, 6))
                                .variance(Tensor.of(new double[] {5, 6, 7, 8}, 4))
                                .predict()) {
            Examples.assertClose(
                    expected.nngp().variance().reshape(2, 2), gaussians.nngp().variance(), 1e-13);
        }
    }

    @Test
    void onTheTrainingSetThereIsNoDoubt() {
        try (GpInference inference = Predict.gpInference(trainTrain, labels).build();
                Gaussians gaussians = inference.onTrainingSet().variance().predict()) {
            assertTrue(gaussians.ntk().hasVariance());
            assertEquals(Shape.of(6), gaussians.ntk().variance().shape());
            assertEquals(0, gaussians.ntk().variance().get(5));
        }
    }

    @Test
    void badRequests() {
        Tensor nngpDiagonal = Examples.random(1, 3);
        try (GpInference inference = Predict.gpInference(block(nngp, 0, 6, 0), labels).build()) {
            GpInference.Request request = inference.on(block(nngp, 6, 9, 0));
            Examples.assertRefused(
                    () -> request.variance(block(nngp, 6, 9, 6)).predict(),
                    "k_test_test (nngp)",
                    "(3, 3)",
                    "diagonal",
                    "(3,)");
            nngpDiagonal.set(Double.NaN, 1);
            Examples.assertRefused(
                    () -> request.variance(nngpDiagonal).predict(), "k_test_test (nngp)", "nan");
            Examples.assertRefused(
                    () -> inference.on(block(nngp, 6, 9, 0)).variance().predict(), "k_test_test");
            Examples.assertRefused(
                    () -> inference.onTrainingSet().variance(nngpDiagonal).predict(),
                    "k_test_test",
                    "k_test_train");
        }
    }

    /** Rounding may move a variance of 0 below it. */
    @Test
    void isNeverNegative() {
        Tensor train = block(nngp, 0, 6, 0);
        Kernels both = Kernels.of(train, train);
        Kernels prior = Kernels.of(diagonal(train), diagonal(train));
        try (GpInference inference = Predict.gpInference(both, labels).build();
                Gaussians gaussians =
                        inference.on(both).get(Inference.values()).variance(prior).predict()) {
            for (Inference name : Inference.values()) {
                for (double variance : gaussians.get(name).variance().toArray()) {
                    assertTrue(variance >= 0 && variance < 1e-12);
                }
            }
        }
    }

    /** The NTK of a network where its NNGP kernel is needed. */
    @Test
    void kernelsThatDoNotBelongTogetherAreRefused() {
        Tensor small = block(nngp, 0, 6, 0);
        double[] values = Arrays.stream(small.toArray()).map(v -> v / 10).toArray();
        Tensor tenth = Tensor.of(values, 6, 6);
        try (GpInference inference = Predict.gpInference(small, labels).build()) {
            String[] words = {"variance of test output 0", "before training", "k_test_test"};
            Examples.assertRefused(
                    () -> inference.on(small).variance(diagonal(tenth)).predict(), words);
            Examples.assertRefused(() -> inference.on(small).covariance(tenth).predict(), words);
        }
    }
}
