package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

/** The density of labels. */
final class MarginalLikelihoodTest {
    private static double normal(double value, double variance) {
        return -value * value / (2 * variance) - Math.log(2 * Math.PI * variance) / 2;
    }

    @Test
    void independentExamples() {
        Tensor y = Tensor.of(new double[] {1, 3, -2, 0.5}, 2, 2);
        Kernels kernels = Kernels.of(Examples.diagonal(2, 4), Examples.diagonal(5, 5));
        try (GpInference inference =
                Predict.gpInference(kernels, y).diagReg(1).diagRegAbsoluteScale(true).build()) {
            assertEquals(
                    normal(1, 3) + normal(3, 3) + normal(-2, 5) + normal(0.5, 5),
                    inference.logMarginalLikelihood(KernelName.NNGP),
                    1e-13);
            assertEquals(
                    normal(1, 6) + normal(3, 6) + normal(-2, 6) + normal(0.5, 6),
                    inference.logMarginalLikelihood(KernelName.NTK),
                    1e-13);
        }
    }

    /** p(y1, y2) = p(y1) p(y2 | y1), where the second factor is the posterior's. */
    @Test
    void chainRule() {
        Tensor kernel = Examples.definite(1, 5);
        Tensor y = Examples.random(2, 5, 1);
        Tensor first = kernel.slice(0, 0, 4).slice(1, 0, 4).copy(DType.F64);
        try (GpInference all = Predict.gpInference(kernel, y).build();
                GpInference four = Predict.gpInference(first, y.slice(0, 0, 4)).build();
                Gaussians fifth =
                        four.on(kernel.slice(0, 4, 5).slice(1, 0, 4))
                                .variance(Tensor.of(new double[] {kernel.get(4, 4)}, 1))
                                .predict()) {
            double deviation = y.get(4, 0) - fifth.nngp().mean().get(0, 0);
            assertEquals(
                    four.logMarginalLikelihood(KernelName.NNGP)
                            + normal(deviation, fifth.nngp().variance().get(0)),
                    all.logMarginalLikelihood(KernelName.NNGP),
                    1e-12);
        }
    }

    @Test
    void badRequests() {
        Tensor y = Examples.random(1, 3, 1);
        GpInference inference = Predict.gpInference(Examples.diagonal(1, 0, 2), y).build();
        Examples.assertRefused(
                () -> inference.logMarginalLikelihood(KernelName.NNGP), "positive definite");
        Examples.assertRefused(
                () -> inference.logMarginalLikelihood(KernelName.NTK), "ntk", "k_train_train");
        inference.close();
        assertThrows(
                IllegalStateException.class,
                () -> inference.logMarginalLikelihood(KernelName.NNGP));
    }

    @Test
    void labelsWhoseSquaresOverflow() {
        Tensor far = Tensor.of(new double[] {1e200, -1e200}, 2, 1);
        try (GpInference inference = Predict.gpInference(Examples.diagonal(1, 2), far).build()) {
            Examples.assertRefused(
                    () -> inference.logMarginalLikelihood(KernelName.NNGP), "overflow", "labels");
        }
    }
}
