package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.dropout;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.fanInSum;
import static dev.jtangents.layers.Stax.fanOut;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.globalSelfAttention;
import static dev.jtangents.layers.Stax.identity;
import static dev.jtangents.layers.Stax.layerNorm;
import static dev.jtangents.layers.Stax.parallel;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/** Estimates of kernels by random networks: reproducible, right, and as exact as they say. */
class MonteCarloKernelsTest {
    private static final EnumSet<KernelName> BOTH = EnumSet.allOf(KernelName.class);
    private static final int WIDTH = 96;
    private static final int OUTPUTS = 24;
    private static final double MASK = 50;

    /** Networks by their parameterisation. */
    private static final Map<String, Function<Parameterization, Network>> NETWORKS =
            Map.of(
                    "dense",
                    p -> serial(flatten(), wide(p), relu(), wide(p), erf(), outputs(p)),
                    "flattened",
                    p -> serial(image(p), relu(), flatten(), outputs(p)),
                    "pooled",
                    p -> serial(image(p), relu(), image(p), relu(), globalAvgPool(), outputs(p)),
                    "residual",
                    p ->
                            serial(
                                    flatten(),
                                    wide(p),
                                    fanOut(2),
                                    parallel(serial(relu(), wide(p)), identity()),
                                    fanInSum(),
                                    erf(),
                                    outputs(p)),
                    "normalised",
                    p -> serial(flatten(), wide(p), layerNorm(), relu(), outputs(p)),
                    "dropped",
                    p -> serial(flatten(), wide(p), relu(), dropout(0.6), outputs(p)),
                    "attention",
                    p ->
                            serial(
                                    image(p),
                                    relu(),
                                    globalSelfAttention(WIDTH, WIDTH, WIDTH, 4),
                                    globalAvgPool(),
                                    outputs(p)));

    private static Network wide(Parameterization parameterization) {
        return dense(WIDTH).weightStd(1.3).biasStd(0.2).parameterization(parameterization);
    }

    private static Network outputs(Parameterization parameterization) {
        return dense(OUTPUTS).weightStd(1.1).biasStd(0.1).parameterization(parameterization);
    }

    private static Network image(Parameterization parameterization) {
        return conv(WIDTH, 2, 2)
                .padding(Padding.SAME)
                .weightStd(1.3)
                .biasStd(0.2)
                .parameterization(parameterization);
    }

    static Stream<Arguments> networks() {
        return NETWORKS.keySet().stream()
                .sorted()
                .flatMap(
                        name ->
                                Stream.of(Parameterization.values())
                                        .map(chosen -> Arguments.of(name, chosen)));
    }

    private static Tensor images(int examples) {
        return RandomNetworks.inputs(new SplittableRandom(6), DType.F64, examples, 3, 3, 2);
    }

    private static Network network(String name, Parameterization parameterization) {
        return Objects.requireNonNull(NETWORKS.get(name)).apply(parameterization);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void estimatesAreWithinTheirErrorsOfTheInfiniteLimit(
            String name, Parameterization parameterization) {
        Network network = network(name, parameterization);
        try (Tensor x = images(3);
                Kernel exact = network.kernel(x);
                MonteCarloEstimate estimate = network.monteCarlo(3).estimate(x, null, BOTH, 60)) {
            assertWithin(exact, estimate);
        }
    }

    @Test
    void estimatesOfMaskedNetworksAreWithinTheirErrors() {
        Network network =
                serial(
                        image(Parameterization.NTK),
                        relu(),
                        globalAvgPool(),
                        outputs(Parameterization.NTK));
        EmpiricalKernels kernels =
                network.empirical().options(ApplyOptions.defaults().maskConstant(MASK));
        try (Tensor x = images(3)) {
            for (int row = 1; row < 3; row++) {
                for (int column = 0; column < 3; column++) {
                    x.set(MASK, 0, row, column, 0);
                    x.set(MASK, 0, row, column, 1);
                }
            }
            KernelOptions options = KernelOptions.defaults().maskConstant(MASK);
            try (Kernel exact = network.kernel(x, options);
                    MonteCarloEstimate estimate =
                            kernels.monteCarlo(3).estimate(x, null, BOTH, 60)) {
                assertWithin(exact, estimate);
            }
        }
    }

    private static void assertWithin(Kernel exact, MonteCarloEstimate estimate) {
        for (KernelName name : BOTH) {
            double[] limit = (name == KernelName.NNGP ? exact.nngp() : exact.ntk()).toArray();
            double[] mean = array(estimate.mean(), name);
            double[] errors = array(estimate.standardError(), name);
            assertEquals(limit.length, mean.length);
            double scale = RandomNetworks.largest(limit);
            for (int i = 0; i < limit.length; i++) {
                // What finite width adds falls like 1 / width.
                double bias = scale / WIDTH;
                assertEquals(limit[i], mean[i], 4.5 * errors[i] + bias, name + " " + i);
                assertTrue(errors[i] < 0.1 * scale, name + " error " + errors[i] / scale);
            }
        }
    }

    private static double[] array(Kernels kernels, KernelName name) {
        return Objects.requireNonNull(kernels.get(name)).toArray();
    }

    /** Of one hidden layer the mean NNGP has no bias, and is the exact one for any width. */
    private static Network shallow(int width) {
        return serial(dense(width).biasStd(0.2), relu(), dense(1).biasStd(0.1));
    }

    private static Tensor inputs() {
        return RandomNetworks.inputs(new SplittableRandom(2), DType.F64, 3, 4);
    }

    /** Samples of many outputs are close enough to normal for the error of a few of them. */
    @Test
    void standardErrorsAreTheDeviationsOfEstimates() {
        Network network = serial(dense(16).biasStd(0.2), relu(), dense(16).biasStd(0.1));
        int runs = 150;
        double sumOfSquares = 0;
        int beyondTwo = 0;
        try (Tensor x = inputs();
                Kernel exact = network.kernel(x)) {
            double limit = exact.nngp().get(0, 1);
            for (int run = 0; run < runs; run++) {
                try (MonteCarloEstimate estimate =
                        network.monteCarlo(run)
                                .estimate(x, null, EnumSet.of(KernelName.NNGP), 40)) {
                    double z =
                            (array(estimate.mean(), KernelName.NNGP)[1] - limit)
                                    / array(estimate.standardError(), KernelName.NNGP)[1];
                    sumOfSquares += z * z;
                    beyondTwo += Math.abs(z) > 2 ? 1 : 0;
                }
            }
        }
        double spread = Math.sqrt(sumOfSquares / runs);
        assertTrue(spread > 0.8 && spread < 1.25, "spread " + spread);
        assertTrue(beyondTwo > 0 && beyondTwo < runs / 8, "beyond two " + beyondTwo);
    }

    @Test
    void errorsFallWithSamplesAndWithWidth() {
        try (Tensor x = inputs()) {
            double few = error(shallow(16), x, 50);
            double many = error(shallow(16), x, 800);
            assertEquals(0.25, many / few, 0.08);
            // Many outputs leave the spread of the hidden layer, which falls with its width.
            double narrow = error(serial(dense(8), relu(), dense(200)), x, 200);
            double wide = error(serial(dense(128), relu(), dense(200)), x, 200);
            assertTrue(wide < 0.5 * narrow, wide + " of " + narrow);
        }
    }

    private static double error(Network network, Tensor x, int samples) {
        try (MonteCarloEstimate estimate =
                network.monteCarlo(5).estimate(x, null, EnumSet.of(KernelName.NNGP), samples)) {
            return estimate.relativeError(KernelName.NNGP);
        }
    }

    @Test
    void anEstimateIsWhatALongerOneHasBeen() {
        MonteCarloKernels estimates = shallow(8).monteCarlo(7);
        try (Tensor x = inputs()) {
            List<MonteCarloEstimate> together =
                    estimates.threads(3).estimates(x, null, BOTH, 7, 1, 4, 7).toList();
            assertEquals(
                    List.of(1, 4, 7), together.stream().map(MonteCarloEstimate::samples).toList());
            for (MonteCarloEstimate part : together) {
                for (int threads = 1; threads <= 3; threads++) {
                    try (MonteCarloEstimate alone =
                            estimates.threads(threads).estimate(x, null, BOTH, part.samples())) {
                        assertSame(alone, part);
                    }
                }
                part.close();
            }
        }
    }

    private static void assertSame(MonteCarloEstimate expected, MonteCarloEstimate actual) {
        for (KernelName name : BOTH) {
            assertArrayEquals(array(expected.mean(), name), array(actual.mean(), name));
            assertArrayEquals(
                    array(expected.standardError(), name), array(actual.standardError(), name));
        }
    }

    @Test
    void aSampleHasNoSpread() {
        try (Tensor x = inputs();
                MonteCarloEstimate estimate = shallow(8).monteCarlo(7).estimate(x, null, BOTH, 1)) {
            assertTrue(Double.isNaN(array(estimate.standardError(), KernelName.NTK)[0]));
            assertTrue(Double.isNaN(estimate.relativeError(KernelName.NTK)));
        }
    }

    @Test
    void anEstimateEndsAtItsTolerance() {
        MonteCarloKernels estimates = shallow(8).monteCarlo(7);
        try (Tensor x = inputs();
                MonteCarloEstimate reached = estimates.estimateTo(0.1, x, null, BOTH, 100_000);
                MonteCarloEstimate same = estimates.estimate(x, null, BOTH, reached.samples());
                MonteCarloEstimate most = estimates.estimateTo(1e-9, x, null, BOTH, 11)) {
            for (KernelName name : BOTH) {
                assertTrue(reached.relativeError(name) <= 0.1);
                assertTrue(most.relativeError(name) > 1e-9);
            }
            assertSame(same, reached);
            assertEquals(11, most.samples());
        }
    }

    @Test
    void kernelsThatAreZeroAreKnownAtOnce() {
        Network network = serial(dense(4), relu(), dense(1));
        try (Tensor x = Tensor.of(new double[6], 2, 3);
                MonteCarloEstimate estimate =
                        network.monteCarlo(1).estimateTo(0.1, x, null, BOTH, 1000)) {
            assertEquals(0, estimate.relativeError(KernelName.NTK));
            assertTrue(estimate.samples() < 10);
        }
    }

    @Test
    void networksThatAreFunctionsHaveTheSameEstimates() {
        Network network = shallow(8);
        MonteCarloKernels own =
                MonteCarloKernels.of(network::init, FunctionKernels.of(network::apply), 7);
        EnumSet<KernelName> nngp = EnumSet.of(KernelName.NNGP);
        try (Tensor x = inputs();
                MonteCarloEstimate expected = network.monteCarlo(7).estimate(x, null, nngp, 5);
                MonteCarloEstimate actual = own.estimate(x, null, nngp, 5)) {
            assertArrayEquals(
                    array(expected.mean(), KernelName.NNGP),
                    array(actual.mean(), KernelName.NNGP),
                    1e-13);
        }
    }
}
