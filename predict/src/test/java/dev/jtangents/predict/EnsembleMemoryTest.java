package dev.jtangents.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Ensembles keep to their budget of memory: test sets are taken in parts, or refused. */
final class EnsembleMemoryTest {
    private static final int TRAIN = 20;
    private static final int TEST = 50;

    /** Enough for the training set at two times and a few test examples, of which 50 take 48 kB. */
    private static final long BUDGET = 50_000;

    private final TwoLayerKernel network = TwoLayerKernel.relu();
    private final Tensor xTrain = Examples.random(1, TRAIN, 4);
    private final Tensor xTest = Examples.random(2, TEST, 4);
    private final Tensor labels = Examples.random(3, TRAIN, 2);
    private final List<Long> parts = new ArrayList<>();

    /** Counts the test examples of each call; when one is made the kernels before are closed. */
    private final KernelFunction counting =
            (x1, x2, get) -> {
                for (Kernels given : network.given) {
                    for (KernelName name : get) {
                        Tensor kernel = given.get(name);
                        assertTrue(kernel == null || !kernel.segment().scope().isAlive());
                    }
                }
                if (x2 != null) {
                    parts.add(x1.shape().extent(0));
                }
                return network.kernels(x1, x2, get);
            };

    private GradientDescentMseEnsemble ensemble(KernelFunction function, long memory) {
        return Predict.gradientDescentMseEnsemble(function, xTrain, labels).memory(memory).build();
    }

    @Test
    void testSetsAreTakenInParts() {
        for (Time time : List.of(Time.ofEach(3, 70), Time.infinite())) {
            parts.clear();
            try (GradientDescentMseEnsemble small = ensemble(counting, BUDGET);
                    GradientDescentMseEnsemble large = ensemble(network, 1L << 30);
                    Gaussians inParts = small.at(time).on(xTest).predict();
                    Gaussians atOnce = large.at(time).on(xTest).predict()) {
                for (Inference name : atOnce.names()) {
                    Examples.assertClose(atOnce.get(name).mean(), inParts.get(name).mean(), 1e-14);
                }
            }
            assertEquals(TEST, parts.stream().mapToLong(Long::longValue).sum());
            assertTrue(parts.size() > 1);
            for (long part : parts) {
                assertTrue(part * TRAIN * 2 * Double.BYTES < BUDGET / 2);
            }
        }
    }

    /** Labels whose examples are not on the first axis, and kernels of several rows for each. */
    @Test
    void partsOfOutputsWithMoreAxes() {
        Tensor yTrain = Examples.random(4, 3, TRAIN, 2);
        assertPartsAgree(
                Predict.gradientDescentMseEnsemble(counting, xTrain, yTrain).traceAxes(0, 2),
                20_000);
        assertPartsAgree(
                Predict.gradientDescentMseEnsemble(this::twoRowsEach, xTrain, yTrain).traceAxes(0),
                60_000);
    }

    private void assertPartsAgree(GradientDescentMseEnsemble.Builder builder, long memory) {
        parts.clear();
        try (GradientDescentMseEnsemble large = builder.build();
                GradientDescentMseEnsemble small = builder.memory(memory).build();
                Gaussians atOnce = on(large);
                Gaussians inParts = on(small)) {
            Examples.assertClose(atOnce.ntk().mean(), inParts.ntk().mean(), 1e-14);
            assertEquals(Shape.of(3, TEST, 2), inParts.ntk().mean().shape());
        }
        assertEquals(2 * TEST, parts.stream().mapToLong(Long::longValue).sum());
        assertTrue(parts.size() > 2);
    }

    private Gaussians on(GradientDescentMseEnsemble ensemble) {
        return ensemble.at(Time.of(5)).get(KernelName.NTK).on(xTest).predict();
    }

    /** Each half of an example is a position with outputs of its own. */
    private Kernels twoRowsEach(Tensor x1, @Nullable Tensor x2, Set<KernelName> get) {
        if (x2 != null) {
            parts.add(x1.shape().extent(0));
        }
        try (Kernels flat = network.kernels(halves(x1), x2 == null ? null : halves(x2), get)) {
            Tensor kernel = TrainingSet.required(flat, KernelName.NTK, "kernels");
            long rows = kernel.shape().extent(0) / 2;
            long columns = kernel.shape().extent(1) / 2;
            Tensor paired = kernel.reshape(rows, 2, columns, 2).transpose(0, 2, 1, 3);
            return Kernels.ntk(paired.copy(DType.F64));
        }
    }

    private static Tensor halves(Tensor examples) {
        return examples.reshape(2 * examples.shape().extent(0), 2);
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnyKernel() {
        try (GradientDescentMseEnsemble small = ensemble(network, BUDGET);
                GradientDescentMseEnsemble tiny = ensemble(network, 1000)) {
            Examples.assertRefused(
                    () -> small.at(Time.infinite()).on(xTest).covariance().predict(),
                    "20 training outputs",
                    "5.00e-05 GB",
                    "covariances");
            Examples.assertRefused(
                    () -> small.at(Time.ofEach(new double[1000])).on(xTest).predict(),
                    "fewer times");
            Examples.assertRefused(
                    () -> tiny.at(Time.infinite()).on(xTest).predict(), "kernelRegression");
            Examples.assertRefused(() -> tiny.at(Time.of(1)).predict(), "kernelRegression");
        }
        assertTrue(network.calls.isEmpty());
        Examples.assertRefused(() -> ensemble(network, 0).close(), "memory = 0");
    }

    @Test
    void functionsThatMixExamplesCannotBeTakenInParts() {
        KernelFunction twoForOne =
                (x1, x2, get) ->
                        x2 == null
                                ? network.kernels(x1, null, get)
                                : network.kernels(xTest.slice(0, 0, 2), x2, get);
        try (GradientDescentMseEnsemble small = ensemble(twoForOne, BUDGET)) {
            Examples.assertRefused(
                    () -> small.at(Time.of(1)).on(xTest).predict(), "2 rows for", "of 50");
        }
    }

    /** Covariances of several times are computed side by side only where they fit. */
    @Test
    void aSmallBudgetHasFewerThreads() {
        int cores = WorkerPool.ofCores().threads();
        EnsembleMemory ample = new EnsembleMemory(1L << 40, 1000, 10, 2, 2, 3);
        assertEquals(cores, ample.testCovarianceThreads(500));
        assertEquals(cores, ample.trainingCovarianceThreads());
        // Decomposing takes 64 MB, the covariances 93 and 89 MB and 10 and 40 MB for a thread.
        EnsembleMemory tight = new EnsembleMemory(133_000_000, 1000, 10, 2, 2, 3);
        assertEquals(1, tight.trainingCovarianceThreads());
        assertEquals(Math.min(cores, 4), tight.testCovarianceThreads(500));
        EnsembleMemory small = new EnsembleMemory(70_000_000, 1000, 10, 2, 2, 3);
        Examples.assertRefused(small::trainingCovarianceThreads, "1000 training outputs");
        Examples.assertRefused(() -> small.testCovarianceThreads(500), "covariances");
    }
}
