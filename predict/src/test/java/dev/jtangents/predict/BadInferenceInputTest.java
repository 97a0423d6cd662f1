package dev.jtangents.predict;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.OptionalLong;

/** Bad input to inferences, ensembles and the largest learning rate, and what messages say. */
final class BadInferenceInputTest {
    private final Tensor kernel = Examples.definite(1, 4);
    private final Tensor labels = Examples.random(2, 4, 2);
    private final Tensor testTrain = Examples.random(3, 3, 4);
    private final Tensor prior = Examples.definite(4, 3);

    private static Tensor with(Tensor tensor, double value, long... index) {
        Tensor changed = tensor.copy(tensor.dtype());
        changed.set(value, index);
        return changed;
    }

    private GpInference inference(Kernels kernels) {
        return Predict.gpInference(kernels, labels).build();
    }

    @Test
    void noKernels() {
        Examples.assertRefused(() -> inference(new Kernels(null, null)), "neither", "nngp", "ntk");
    }

    @Test
    void ntkCovarianceWithoutNngp() {
        try (GpInference inference = inference(Kernels.ntk(kernel))) {
            Examples.assertRefused(
                    () ->
                            inference
                                    .on(Kernels.of(testTrain, testTrain))
                                    .covariance(prior)
                                    .predict(),
                    "nngp",
                    "k_train_train",
                    "both");
        }
        try (GpInference inference = inference(Kernels.of(kernel, kernel))) {
            Examples.assertRefused(
                    () ->
                            inference
                                    .on(Kernels.ntk(testTrain))
                                    .get(Inference.NTK)
                                    .covariance(prior)
                                    .predict(),
                    "nngp",
                    "k_test_train",
                    "both");
            Examples.assertRefused(
                    () ->
                            inference
                                    .on(Kernels.of(testTrain, testTrain))
                                    .get(Inference.NTK)
                                    .covariance(Kernels.ntk(prior))
                                    .predict(),
                    "nngp",
                    "k_test_test",
                    "both");
        }
    }

    @Test
    void inferenceWithoutItsKernel() {
        try (GpInference inference = inference(Kernels.nngp(kernel))) {
            Examples.assertRefused(
                    () ->
                            inference
                                    .on(Kernels.of(testTrain, testTrain))
                                    .get(Inference.NTK)
                                    .predict(),
                    "ntk",
                    "k_train_train");
            Examples.assertRefused(
                    () -> inference.onTrainingSet().get(Inference.NTKGP).predict(),
                    "ntk",
                    "k_train_train");
            Examples.assertRefused(
                    () -> inference.reciprocalCondition(KernelName.NTK), "ntk", "k_train_train");
        }
    }

    @Test
    void covarianceRequests() {
        try (GpInference inference = inference(Kernels.nngp(kernel))) {
            Examples.assertRefused(
                    () -> inference.on(testTrain).covariance().predict(), "k_test_test");
            Examples.assertRefused(
                    () -> inference.onTrainingSet().covariance(prior).predict(),
                    "k_test_test",
                    "k_test_train");
            Examples.assertRefused(
                    () -> inference.on(testTrain).covariance(kernel).predict(),
                    "k_test_test (nngp)",
                    "(4, 4)",
                    "(3, 3)");
            Examples.assertRefused(
                    () -> inference.on(testTrain).covariance(with(prior, 9, 0, 2)).predict(),
                    "k_test_test (nngp)",
                    "symmetric");
            Examples.assertRefused(() -> inference.on(testTrain).get(), "nothing");
        }
    }

    @Test
    void testKernelsOfDifferentTestSets() {
        try (GpInference inference = inference(Kernels.of(kernel, kernel))) {
            Examples.assertRefused(
                    () -> inference.on(Kernels.of(testTrain, Examples.random(1, 2, 4))).predict(),
                    "k_test_train (ntk)",
                    "(2, 4)",
                    "(3, 4)");
        }
    }

    @Test
    void singularKernelOfAnInferenceIsNamed() {
        try (GpInference inference = inference(Kernels.of(kernel, Examples.diagonal(1, 2, 0, 3)))) {
            Examples.assertRefused(
                    () -> inference.on(Kernels.of(testTrain, testTrain)).predict(),
                    "k_train_train (ntk)",
                    "positive definite",
                    "diag_reg");
        }
    }

    @Test
    void ensembleRequests() {
        try (GradientDescentMseEnsemble ensemble =
                Predict.gradientDescentMseEnsemble(
                                TwoLayerKernel.relu(), Examples.random(1, 5, 3), labels)
                        .build()) {
            Examples.assertRefused(() -> ensemble.at(Time.of(1)).get(), "nothing");
            Examples.assertRefused(
                    () -> ensemble.at(Time.of(1)).predict(), "k_train_train", "(5, 5)", "(4, 4)");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
    void momentum(double value) {
        Examples.assertRefused(
                () -> Predict.maxLearningRate(kernel, OptionalLong.empty(), value),
                "momentum",
                String.valueOf(value));
    }

    @Test
    void maxLearningRate() {
        OptionalLong none = OptionalLong.empty();
        Examples.assertRefused(
                () -> Predict.maxLearningRate(testTrain), "ntk_train_train", "(3, 4)", "square");
        Examples.assertRefused(
                () -> Predict.maxLearningRate(Examples.random(1, 4, 4, 2)), "(4, 4, 2)", "pairs");
        Examples.assertRefused(
                () -> Predict.maxLearningRate(Tensor.of(new double[] {1})), "()", "square");
        Examples.assertRefused(
                () -> Predict.maxLearningRate(with(kernel, Double.NaN, 1, 2)), "nan", "(1, 2)");
        Examples.assertRefused(() -> Predict.maxLearningRate(with(kernel, 7, 1, 2)), "symmetric");
        Examples.assertRefused(
                () -> Predict.maxLearningRate(Examples.diagonal(-1, -2)), "positive eigenvalue");
        Examples.assertRefused(
                () -> Predict.maxLearningRate(kernel, OptionalLong.of(0), 0), "y_train_size = 0");
        Examples.assertRefused(() -> Predict.maxLearningRate(kernel, none, 0, -1), "eps = -1.0");
    }
}
