package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.List;

/** Gaussian process inference on kernels that are blocks of one joint kernel. */
final class GpInferenceTest {
    private static final int TRAIN = 6;
    private static final int TEST = 3;

    private final Tensor nngp = Examples.definite(1, TRAIN + TEST);
    private final Tensor ntk = Examples.definite(2, TRAIN + TEST);
    private final Tensor labels = Examples.random(3, TRAIN, 2);
    private final Kernels trainTrain = blocks(0, TRAIN, 0, TRAIN);
    private final Kernels testTrain = blocks(TRAIN, TRAIN + TEST, 0, TRAIN);
    private final Kernels testTest = blocks(TRAIN, TRAIN + TEST, TRAIN, TRAIN + TEST);

    private Kernels blocks(int top, int bottom, int left, int right) {
        return Kernels.of(
                nngp.slice(0, top, bottom).slice(1, left, right),
                ntk.slice(0, top, bottom).slice(1, left, right));
    }

    @Test
    void covariancesAreSymmetricAndPositive() {
        try (GpInference inference = Predict.gpInference(trainTrain, labels).build();
                Gaussians gaussians =
                        inference
                                .on(testTrain)
                                .get(Inference.NTKGP, Inference.NTK, Inference.NNGP)
                                .covariance(testTest)
                                .predict()) {
            assertEquals(
                    List.of(Inference.NTKGP, Inference.NTK, Inference.NNGP), gaussians.names());
            for (Inference name : gaussians.names()) {
                assertPositive(gaussians.get(name).covariance());
            }
        }
    }

    static void assertPositive(Tensor covariance) {
        Examples.assertClose(covariance, covariance.transpose(1, 0).copy(DType.F64), 0);
        try (Tensor copy = covariance.copy(DType.F64);
                Tensor values = LinearAlgebra.get().symmetricEigen(copy)) {
            double largest = values.get(values.size() - 1);
            assertTrue(values.get(0) > -1e-12 * largest, "eigenvalue " + values.get(0));
        }
    }

    /** One training and one test example: the formulas of a text book. */
    @Test
    void oneExampleByHand() {
        Tensor y = Tensor.of(new double[] {6}, 1, 1);
        try (GpInference inference =
                        Predict.gpInference(
                                        Kernels.of(Examples.diagonal(3), Examples.diagonal(4)), y)
                                .build();
                Gaussians gaussians =
                        inference
                                .on(Kernels.of(Examples.diagonal(1), Examples.diagonal(2)))
                                .get(Inference.values())
                                .covariance(Kernels.of(Examples.diagonal(5), Examples.diagonal(7)))
                                .predict()) {
            assertEquals(6.0 / 3, gaussians.nngp().mean().get(0, 0), 1e-14);
            assertEquals(5 - 1.0 / 3, gaussians.nngp().covariance().get(0, 0), 1e-14);
            assertEquals(6 * 2.0 / 4, gaussians.ntkgp().mean().get(0, 0), 1e-14);
            assertEquals(7 - 4.0 / 4, gaussians.ntkgp().covariance().get(0, 0), 1e-14);
            assertEquals(6 * 2.0 / 4, gaussians.ntk().mean().get(0, 0), 1e-14);
            assertEquals(
                    5 + 0.5 * 3 * 0.5 - 2 * 0.5 * 1, gaussians.ntk().covariance().get(0, 0), 1e-14);
        }
    }

    /** Where both kernels are one, the ensemble of trained networks is the posterior. */
    @Test
    void ensembleWithOneKernelIsThePosterior() {
        try (GpInference inference =
                        Predict.gpInference(
                                        new Kernels(trainTrain.nngp(), trainTrain.nngp()), labels)
                                .build();
                Gaussians gaussians =
                        inference
                                .on(new Kernels(testTrain.nngp(), testTrain.nngp()))
                                .covariance(testTest)
                                .predict()) {
            Examples.assertClose(gaussians.nngp().mean(), gaussians.ntk().mean(), 1e-13);
            Examples.assertClose(
                    gaussians.nngp().covariance(), gaussians.ntk().covariance(), 1e-13);
        }
    }

    @Test
    void trainingSetAsTestSetMeetsTheLabels() {
        try (GpInference inference = Predict.gpInference(trainTrain, labels).build();
                Gaussians train = inference.onTrainingSet().covariance().predict();
                Gaussians test = inference.on(trainTrain).covariance(trainTrain).predict()) {
            for (Inference name : List.of(Inference.NNGP, Inference.NTK)) {
                Examples.assertClose(labels, train.get(name).mean(), 0);
                Examples.assertClose(train.get(name).mean(), test.get(name).mean(), 1e-12);
                Examples.assertClose(
                        train.get(name).covariance(), test.get(name).covariance(), 1e-12);
            }
        }
    }

    @Test
    void oneTensorIsTheNngpKernel() {
        Tensor kernel = nngp.slice(0, 0, TRAIN).slice(1, 0, TRAIN);
        Tensor rest = nngp.slice(0, TRAIN, TRAIN + TEST);
        Tensor cross = rest.slice(1, 0, TRAIN);
        Tensor prior = rest.slice(1, TRAIN, TRAIN + TEST);
        try (GpInference one = Predict.gpInference(kernel, labels).diagReg(0.1).build();
                GpInference both = Predict.gpInference(trainTrain, labels).diagReg(0.1).build();
                Gaussians bare = one.on(cross).covariance(prior).predict();
                Gaussians named =
                        both.on(testTrain).get(Inference.NNGP).covariance(testTest).predict()) {
            assertEquals(List.of(Inference.NNGP), bare.names());
            Examples.assertClose(named.nngp().mean(), bare.nngp().mean(), 0);
            Examples.assertClose(named.nngp().covariance(), bare.nngp().covariance(), 0);
            assertThrows(IllegalStateException.class, bare::ntk);
        }
    }

    /** Large enough for all cores to read the kernel, which they may not. */
    @Test
    void kernelsConfinedToAThread() {
        int many = 300;
        try (Arena confined = Arena.ofConfined();
                Tensor kernel = Examples.definite(5, many);
                Tensor y = Examples.random(6, many, 1)) {
            Tensor here = Tensor.allocate(confined, DType.F64, kernel.shape());
            here.assign(kernel);
            try (GpInference shared = Predict.gpInference(Kernels.nngp(kernel), y).build();
                    GpInference inference = Predict.gpInference(Kernels.nngp(here), y).build();
                    Gaussians expected =
                            shared.on(Kernels.nngp(kernel)).get(Inference.NNGP).predict();
                    Gaussians actual =
                            inference.on(Kernels.nngp(here)).get(Inference.NNGP).predict()) {
                Examples.assertClose(expected.nngp().mean(), actual.nngp().mean(), 0);
            }
        }
    }

    /** A kernel with output axes is a kernel of N times O examples. */
    @Test
    void kernelsWithOutputAxes() {
        Tensor full = Examples.definite(4, 18);
        Tensor train = full.slice(0, 0, 12).slice(1, 0, 12).copy(DType.F64);
        Tensor cross = full.slice(0, 12, 18).slice(1, 0, 12).copy(DType.F64);
        Tensor prior = full.slice(0, 12, 18).slice(1, 12, 18).copy(DType.F64);
        try (GpInference paired =
                        Predict.gpInference(zip(train, 6, 2, 6, 2), labels).traceAxes().build();
                GpInference flat = Predict.gpInference(train, labels.reshape(12, 1)).build();
                Gaussians actual =
                        paired.on(zip(cross, 3, 2, 6, 2))
                                .covariance(zip(prior, 3, 2, 3, 2))
                                .predict();
                Gaussians expected = flat.on(cross).covariance(prior).predict()) {
            Examples.assertClose(expected.nngp().mean().reshape(3, 2), actual.nngp().mean(), 1e-14);
            Examples.assertClose(
                    zip(expected.nngp().covariance(), 3, 2, 3, 2),
                    actual.nngp().covariance(),
                    1e-14);
        }
    }

    private static Tensor zip(Tensor matrix, long... extents) {
        return matrix.reshape(extents).transpose(0, 2, 1, 3);
    }

    @Test
    void meanOnly() {
        try (GpInference inference = Predict.gpInference(trainTrain, labels).build();
                Gaussians gaussians = inference.on(testTrain).predict()) {
            assertFalse(gaussians.ntk().hasCovariance());
            assertThrows(IllegalStateException.class, () -> gaussians.ntk().covariance());
            assertEquals(Shape.of(TEST, 2), gaussians.ntk().mean().shape());
        }
    }

    @Test
    void singlePrecisionIsWidened() {
        Kernels single = Kernels.nngp(nngp.slice(0, 0, TRAIN).slice(1, 0, TRAIN).copy(DType.F32));
        try (GpInference inference = Predict.gpInference(single, labels).build();
                Gaussians gaussians = inference.on(testTrain).predict();
                GpInference wide = Predict.gpInference(trainTrain, labels).build();
                Gaussians expected = wide.on(testTrain).predict()) {
            Examples.assertClose(expected.nngp().mean(), gaussians.nngp().mean(), 1e-5);
        }
    }

    @Test
    void usedAfterCloseIsRefused() {
        GpInference inference = Predict.gpInference(trainTrain, labels).build();
        assertTrue(inference.reciprocalCondition(KernelName.NTK) > 0);
        inference.close();
        inference.close();
        assertThrows(IllegalStateException.class, () -> inference.on(testTrain).predict());
        assertThrows(IllegalStateException.class, () -> inference.onTrainingSet().predict());
        assertThrows(
                IllegalStateException.class, () -> inference.reciprocalCondition(KernelName.NNGP));
    }
}
