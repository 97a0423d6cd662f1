package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The ensemble's limits, what it asks of the kernel function, and what it keeps. */
final class GradientDescentMseEnsembleTest {
    private final TwoLayerKernel network = TwoLayerKernel.relu();
    private final Tensor xTrain = Examples.random(1, 6, 4);
    private final Tensor xTest = Examples.random(2, 3, 4);
    private final Tensor labels = Examples.random(3, 6, 2);

    private GradientDescentMseEnsemble ensemble() {
        return Predict.gradientDescentMseEnsemble(network, xTrain, labels).build();
    }

    @Test
    void longTimesTendToInfinity() {
        try (GradientDescentMseEnsemble ensemble = ensemble();
                Gaussians late = ensemble.at(Time.of(1e6)).on(xTest).covariance().predict();
                Gaussians end = ensemble.at(Time.infinite()).on(xTest).covariance().predict();
                Gaussians lateTrain = ensemble.at(Time.of(1e6)).covariance().predict();
                Gaussians endTrain = ensemble.at(Time.infinite()).covariance().predict()) {
            for (Inference name : end.names()) {
                Examples.assertClose(end.get(name).mean(), late.get(name).mean(), 1e-10);
                Examples.assertClose(
                        end.get(name).covariance(), late.get(name).covariance(), 1e-10);
                Examples.assertClose(labels, endTrain.get(name).mean(), 0);
                Examples.assertClose(labels, lateTrain.get(name).mean(), 1e-10);
                Examples.assertClose(
                        endTrain.get(name).covariance(), lateTrain.get(name).covariance(), 1e-10);
            }
        }
    }

    @Test
    void startsAsTheNngp() {
        try (GradientDescentMseEnsemble ensemble = ensemble();
                Gaussians test = ensemble.at(Time.of(0)).on(xTest).covariance().predict();
                Gaussians train = ensemble.at(Time.of(0)).covariance().predict();
                Kernels testTest = network.kernels(xTest, null, Set.of(KernelName.NNGP));
                Kernels trainTrain = network.kernels(xTrain, null, Set.of(KernelName.NNGP))) {
            for (Inference name : test.names()) {
                assertEquals(0, Matrices.largestMagnitude(test.get(name).mean()));
                assertEquals(0, Matrices.largestMagnitude(train.get(name).mean()));
                Examples.assertClose(nngp(testTest), test.get(name).covariance(), 1e-15);
                Examples.assertClose(nngp(trainTrain), train.get(name).covariance(), 1e-13);
            }
        }
    }

    private static Tensor nngp(Kernels kernels) {
        return TrainingSet.required(kernels, KernelName.NNGP, "kernels");
    }

    @Test
    void arraysOfTimesAreTheirTimesOneByOne() {
        double[] times = {0, 3, 40, 0.1};
        try (GradientDescentMseEnsemble ensemble = ensemble();
                Gaussians all =
                        ensemble.at(Time.of(Tensor.of(times, 2, 2)))
                                .on(xTest)
                                .covariance()
                                .predict();
                Gaussians train =
                        ensemble.at(Time.of(Tensor.of(times, 2, 2))).covariance().predict()) {
            for (int i = 0; i < times.length; i++) {
                try (Gaussians one =
                                ensemble.at(Time.of(times[i])).on(xTest).covariance().predict();
                        Gaussians oneTrain =
                                ensemble.at(Time.of(times[i])).covariance().predict()) {
                    for (Inference name : all.names()) {
                        assertSlice(one.get(name), all.get(name), i, 3);
                        assertSlice(oneTrain.get(name), train.get(name), i, 6);
                    }
                }
            }
        }
    }

    private static void assertSlice(Gaussian one, Gaussian all, int i, int examples) {
        Examples.assertClose(
                one.mean(),
                all.mean().reshape(4, examples, 2).slice(0, i, i + 1).reshape(examples, 2),
                1e-14);
        Examples.assertClose(
                one.covariance(),
                all.covariance()
                        .reshape(4, examples, examples)
                        .slice(0, i, i + 1)
                        .reshape(examples, examples),
                1e-14);
    }

    @Test
    void covariancesAreSymmetricAndPositive() {
        try (GradientDescentMseEnsemble ensemble = ensemble()) {
            for (double t : new double[] {0, 0.5, 20, 1e4}) {
                try (Gaussians test = ensemble.at(Time.of(t)).on(xTest).covariance().predict();
                        Gaussians train = ensemble.at(Time.of(t)).covariance().predict()) {
                    for (Inference name : test.names()) {
                        GpInferenceTest.assertPositive(test.get(name).covariance());
                        GpInferenceTest.assertPositive(train.get(name).covariance());
                    }
                }
            }
        }
    }

    /** Without regularisation the training set is a test set like any other, at every time. */
    @Test
    void trainingSetAsTestSet() {
        try (GradientDescentMseEnsemble ensemble = ensemble()) {
            for (Time time : List.of(Time.of(0.7), Time.of(300), Time.infinite())) {
                try (Gaussians train = ensemble.at(time).covariance().predict();
                        Gaussians test = ensemble.at(time).on(xTrain).covariance().predict()) {
                    for (Inference name : train.names()) {
                        Examples.assertClose(train.get(name).mean(), test.get(name).mean(), 1e-10);
                        Examples.assertClose(
                                train.get(name).covariance(), test.get(name).covariance(), 1e-10);
                    }
                }
            }
        }
    }

    @Test
    void meanIsThatOfGradientDescentFromZero() {
        try (GradientDescentMseEnsemble ensemble =
                        Predict.gradientDescentMseEnsemble(network, xTrain, labels)
                                .learningRate(0.4)
                                .diagReg(1e-3)
                                .build();
                Kernels trainTrain = network.kernels(xTrain, null, Set.of(KernelName.NTK));
                Kernels testTrain = network.kernels(xTest, xTrain, Set.of(KernelName.NTK));
                GradientDescentMse fit =
                        Predict.gradientDescentMse(
                                        TrainingSet.required(trainTrain, KernelName.NTK, "k"),
                                        labels)
                                .learningRate(0.4)
                                .diagReg(1e-3)
                                .build();
                Outputs outputs =
                        fit.at(Time.ofEach(1, 9))
                                .testFrom(0, TrainingSet.required(testTrain, KernelName.NTK, "k"))
                                .predict();
                Gaussians gaussians =
                        ensemble.at(Time.ofEach(1, 9)).get(KernelName.NTK).on(xTest).predict()) {
            Examples.assertClose(outputs.test(), gaussians.ntk().mean(), 1e-14);
            assertFalse(gaussians.ntk().hasCovariance());
        }
    }

    @Test
    void kernelsAreComputedWhenNeededAndKept() {
        try (GradientDescentMseEnsemble ensemble = ensemble()) {
            assertTrue(network.calls.isEmpty());
            ensemble.at(Time.of(1)).get(KernelName.NTK).predict().close();
            ensemble.at(Time.infinite()).get(KernelName.NTK).on(xTest).predict().close();
            ensemble.at(Time.of(1)).get(KernelName.NTK).covariance().predict().close();
            ensemble.at(Time.of(2)).on(xTest).covariance().predict().close();
            assertEquals(
                    List.of(
                            "(6, 4) itself [NTK]",
                            "(3, 4) (6, 4) [NTK]",
                            "(6, 4) itself [NNGP]",
                            "(3, 4) (6, 4) [NNGP, NTK]",
                            "(3, 4) itself [NNGP]"),
                    network.calls);
        }
        for (Kernels kernels : network.given) {
            for (KernelName name : KernelName.values()) {
                Tensor kernel = kernels.get(name);
                assertTrue(kernel == null || !kernel.segment().scope().isAlive());
            }
        }
    }

    @Test
    void wrongKernelsOfTheFunctionAreRefusedAndClosed() {
        KernelFunction onlyNngp =
                (x1, x2, get) -> network.kernels(x1, x2, EnumSet.of(KernelName.NNGP));
        try (GradientDescentMseEnsemble ensemble =
                Predict.gradientDescentMseEnsemble(onlyNngp, xTrain, labels).build()) {
            Examples.assertRefused(
                    () -> ensemble.at(Time.of(1)).get(KernelName.NTK).predict(),
                    "ntk",
                    "k_train_train");
        }
        KernelFunction transposed =
                (x1, x2, get) ->
                        x2 == null ? network.kernels(x1, null, get) : network.kernels(x2, x1, get);
        try (GradientDescentMseEnsemble ensemble =
                Predict.gradientDescentMseEnsemble(transposed, xTrain, labels).build()) {
            Examples.assertRefused(
                    () -> ensemble.at(Time.of(1)).on(xTest).predict(),
                    "k_test_train",
                    "(6, 3)",
                    "(6, 6)");
        }
        assertTrue(
                network.given.stream()
                        .allMatch(
                                kernels ->
                                        kernels.nngp() == null
                                                || !kernels.nngp().segment().scope().isAlive()));
    }

    @Test
    void usedAfterCloseIsRefused() {
        GradientDescentMseEnsemble ensemble = ensemble();
        assertTrue(ensemble.reciprocalCondition(KernelName.NNGP) > 0);
        ensemble.close();
        ensemble.close();
        assertThrows(IllegalStateException.class, () -> ensemble.at(Time.of(1)).predict());
        assertThrows(
                IllegalStateException.class, () -> ensemble.reciprocalCondition(KernelName.NTK));
    }
}
