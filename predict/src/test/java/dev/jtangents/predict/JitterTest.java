package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is added to kernels that cannot be solved with, when that is allowed. */
final class JitterTest {
    /** Two equal examples, with labels that agree. */
    private final Tensor rows = repeated();

    private final Tensor singular = Examples.gram(rows);
    private final Tensor labels = Tensor.of(new double[] {1, -2, 3, 3}, 4, 1);

    private static Tensor repeated() {
        Tensor rows = Examples.random(6, 4, 7);
        rows.slice(0, 3, 4).assign(rows.slice(0, 2, 3));
        return rows;
    }

    @Test
    void isReportedAndHardlyChangesTheAnswer() {
        Tensor three = singular.slice(0, 0, 3).slice(1, 0, 3);
        Tensor cross = singular.slice(0, 0, 2);
        try (GradientDescentMse fit =
                        Predict.gradientDescentMse(singular, labels).maxJitter(1e-6).build();
                GradientDescentMse exact =
                        Predict.gradientDescentMse(three, labels.slice(0, 0, 3)).build()) {
            assertEquals(0, fit.jitter());
            try (Outputs actual = fit.at(Time.infinite()).testFrom(0, cross).predict();
                    Outputs expected =
                            exact.at(Time.infinite()).testFrom(0, cross.slice(1, 0, 3)).predict()) {
                Examples.assertClose(expected.test(), actual.test(), 1e-6);
            }
            double mean = Matrices.diagonalMean(singular);
            assertTrue(fit.jitter() >= 1e-10 * mean && fit.jitter() <= 1e-6 * mean);
            assertTrue(fit.reciprocalCondition() > 1e-12);
            assertEquals(0, exact.jitter());
        }
    }

    @Test
    void isNotAddedWhereItIsNotNeeded() {
        Tensor kernel = Examples.definite(1, 4);
        try (GpInference inference = Predict.gpInference(kernel, labels).maxJitter(1).build();
                GpInference plain = Predict.gpInference(kernel, labels).build();
                Gaussians actual = inference.on(kernel).predict();
                Gaussians expected = plain.on(kernel).predict()) {
            Examples.assertClose(expected.nngp().mean(), actual.nngp().mean(), 0);
            assertEquals(0, inference.jitter(KernelName.NNGP));
        }
    }

    @Test
    void eachKernelHasItsOwn() {
        Kernels kernels = Kernels.of(Examples.diagonal(1, 1, 1, 1), Examples.diagonal(4, 4, 4, 0));
        try (GpInference inference = Predict.gpInference(kernels, labels).maxJitter(1e-3).build();
                Gaussians gaussians = inference.on(kernels).predict()) {
            assertEquals(0, inference.jitter(KernelName.NNGP));
            assertEquals(3e-10, inference.jitter(KernelName.NTK), 1e-22);
            assertEquals(0, gaussians.ntk().mean().get(3, 0));
            Examples.assertRefused(
                    () -> Predict.gpInference(kernels, labels).maxJitter(-1), "max_jitter");
        }
    }

    @Test
    void ensemblesReportTheirs() {
        try (GradientDescentMseEnsemble ensemble =
                        Predict.gradientDescentMseEnsemble(TwoLayerKernel.relu(), rows, labels)
                                .maxJitter(1e-4)
                                .build();
                Gaussians gaussians = ensemble.at(Time.infinite()).on(rows).predict()) {
            assertTrue(ensemble.jitter(KernelName.NTK) > 0);
            assertEquals(3, gaussians.ntk().mean().get(3, 0), 1e-2);
        }
    }

    /** What is further from positive definite than the jitter reaches is refused as without it. */
    @ParameterizedTest
    @ValueSource(doubles = {-0.5, -1e-3})
    void isNoCureForIndefiniteKernels(double eigenvalue) {
        Tensor indefinite = Examples.diagonal(1, 1, 1, eigenvalue);
        try (GradientDescentMse fit =
                Predict.gradientDescentMse(indefinite, labels).maxJitter(1e-4).build()) {
            Examples.assertRefused(
                    () -> fit.at(Time.infinite()).testFrom(0, indefinite).predict(),
                    "not positive definite",
                    "jitter up to 1.0e-4",
                    "Set diag_reg to");
            assertEquals(0, fit.jitter());
            assertEquals(0, fit.reciprocalCondition());
        }
    }

    @Test
    void kernelOfZeros() {
        try (GradientDescentMse fit =
                Predict.gradientDescentMse(Examples.diagonal(0, 0, 0, 0), labels)
                        .maxJitter(1)
                        .build()) {
            Examples.assertRefused(
                    () -> fit.at(Time.infinite()).testFrom(0, singular).predict(),
                    "not positive definite",
                    "absolute scale");
        }
    }
}
