package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.maps.SinMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** What every kernel of every network has to hold. */
class KernelPropertiesTest {
    static List<Network> activations() {
        List<Network> activations = new ArrayList<>(RandomNetworks.activations());
        activations.add(Stax.expNormalized(0.8, -0.6));
        activations.add(Stax.elementwise(new SinMap(1, 0.9, 0.1)));
        return activations;
    }

    private static void assertPositive(String what, Tensor kernel, double tolerance) {
        try (Tensor vectors = kernel.copy(DType.F64);
                Tensor values = LinearAlgebra.get().symmetricEigen(vectors)) {
            double least = values.get(0);
            double most = values.get(values.size() - 1);
            assertTrue(most >= 0 && least >= -tolerance * most, what + ": " + least + ", " + most);
        }
    }

    private static Network deep(SplittableRandom random, Network activation) {
        return Stax.serial(
                RandomNetworks.layer(random, 0, -1),
                activation,
                RandomNetworks.layer(random, 0, -1),
                activation,
                RandomNetworks.layer(random, 0, -1));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void kernelsArePositiveSemidefinite(Network activation) {
        var random = new SplittableRandom(71);
        for (int trial = 0; trial < 6; trial++) {
            Network network = deep(random, activation);
            int features = 2 + random.nextInt(8);
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, 40, features);
                    Kernel kernel = network.kernel(x)) {
                assertPositive("nngp of " + network, kernel.nngp(), 1e-10);
                assertPositive("ntk of " + network, kernel.ntk(), 1e-10);
            }
        }
    }

    /** An angle of 0 or π is the square root of the rounding of its cosine: half of the digits. */
    @ParameterizedTest
    @MethodSource("activations")
    void kernelsOfCollinearExamplesArePositiveSemidefinite(Network activation) {
        var random = new SplittableRandom(77);
        for (int trial = 0; trial < 6; trial++) {
            Network network = deep(random, activation);
            int features = 1 + random.nextInt(8);
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, 40, features)) {
                for (int f = 0; f < features; f++) {
                    x.set(x.get(0, f), 1, f);
                    x.set(-x.get(0, f), 2, f);
                    x.set(0, 3, f);
                }
                try (Kernel kernel = network.kernel(x)) {
                    assertPositive("nngp of " + network, kernel.nngp(), 3e-8);
                    assertPositive("ntk of " + network, kernel.ntk(), 3e-8);
                }
            }
        }
    }

    static List<Network> oscillating() {
        return List.of(
                Stax.sin(1, 1, 0),
                Stax.sin(1.1, 0.7, 0.4),
                Stax.rbf(1),
                Stax.gaussian(1, -1),
                Stax.gabor());
    }

    /** Differences of exponentials, which lose the digits of tiny and of large inputs if formed. */
    @ParameterizedTest
    @MethodSource("oscillating")
    void tinyAndLargeInputsKeepKernelsPositiveSemidefinite(Network activation) {
        var random = new SplittableRandom(78);
        Network network =
                Stax.serial(Stax.dense(8).weightStd(1.3), activation, Stax.dense(1).biasStd(0));
        for (DType dtype : DType.values()) {
            double tolerance = dtype == DType.F64 ? 1e-13 : 1e-5;
            for (double scale : new double[] {1e-4, 1, 30, 1e3}) {
                try (Tensor x = RandomNetworks.inputs(random, dtype, 40, 6)) {
                    for (int i = 0; i < 40; i++) {
                        for (int f = 0; f < 6; f++) {
                            x.set(scale * x.get(i, f), i, f);
                        }
                    }
                    try (Kernel kernel = network.kernel(x)) {
                        String what = network + " at " + scale + " in " + dtype;
                        assertPositive("nngp of " + what, kernel.nngp(), tolerance);
                        assertPositive("ntk of " + what, kernel.ntk(), tolerance);
                    }
                }
            }
        }
    }

    @Test
    void exchangingTheBatchesTransposesTheKernel() {
        var random = new SplittableRandom(72);
        for (DType dtype : DType.values()) {
            double tolerance = dtype == DType.F64 ? 1e-12 : 1e-5;
            for (int trial = 0; trial < 40; trial++) {
                Network network = RandomNetworks.dense(random);
                try (Tensor x = RandomNetworks.inputs(random, dtype, 9, 6);
                        Tensor y = RandomNetworks.inputs(random, dtype, 5, 6);
                        Kernel kernel = network.kernel(x, y);
                        Kernel mirrored = network.kernel(y, x)) {
                    assertClose(kernel.nngp(), mirrored.nngp().transpose(1, 0), tolerance);
                    assertClose(kernel.ntk(), mirrored.ntk().transpose(1, 0), tolerance);
                    assertClose(kernel.cov1(), mirrored.cov2().orElseThrow(), 0);
                }
            }
        }
    }

    private static void assertClose(Tensor expected, Tensor actual, double tolerance) {
        assertEquals(expected.shape(), actual.shape());
        double[] wanted = expected.toArray();
        double[] found = actual.toArray();
        double largest = RandomNetworks.largest(wanted);
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], found[i], tolerance * largest);
        }
    }

    @Test
    void aPartOfABatchHasAPartOfTheKernel() {
        var random = new SplittableRandom(73);
        for (int trial = 0; trial < 20; trial++) {
            Network network = RandomNetworks.dense(random);
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, 300, 6);
                    Tensor y = RandomNetworks.inputs(random, DType.F64, 20, 6);
                    Kernel whole = network.kernel(x, y);
                    Kernel part = network.kernel(x.slice(0, 250, 290), y.slice(0, 3, 8))) {
                assertClose(whole.nngp().slice(0, 250, 290).slice(1, 3, 8), part.nngp(), 1e-12);
                assertClose(whole.ntk().slice(0, 250, 290).slice(1, 3, 8), part.ntk(), 1e-12);
                assertClose(whole.cov1().slice(0, 250, 290), part.cov1(), 0);
            }
        }
    }

    @Test
    void permutedExamplesPermuteTheKernel() {
        var random = new SplittableRandom(74);
        for (int trial = 0; trial < 20; trial++) {
            Network network = RandomNetworks.dense(random);
            int[] order = {3, 0, 4, 1, 2};
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, 5, 4);
                    Tensor permuted = x.copy(DType.F64)) {
                for (int i = 0; i < 5; i++) {
                    permuted.slice(0, i, i + 1).assign(x.slice(0, order[i], order[i] + 1));
                }
                try (Kernel kernel = network.kernel(x);
                        Kernel other = network.kernel(permuted)) {
                    for (int i = 0; i < 5; i++) {
                        for (int j = 0; j < 5; j++) {
                            assertEquals(
                                    kernel.ntk().get(order[i], order[j]),
                                    other.ntk().get(i, j),
                                    1e-12 * Math.abs(kernel.ntk().get(order[i], order[i])));
                        }
                        assertEquals(kernel.nngp().get(order[i], order[i]), other.nngp().get(i, i));
                    }
                }
            }
        }
    }

    /** Dense acts on each position alike: positions are examples, paired with all others. */
    @Test
    void positionsOfImagesAreExamplesOfVectors() {
        var random = new SplittableRandom(75);
        for (int trial = 0; trial < 20; trial++) {
            Network network = RandomNetworks.on(random, 0, -1, false);
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, 3, 2, 4, 5);
                    Tensor y = RandomNetworks.inputs(random, DType.F64, 2, 2, 4, 5);
                    Kernel images = network.kernel(x, y);
                    Kernel vectors = network.kernel(x.reshape(24, 5), y.reshape(16, 5))) {
                Tensor expected =
                        vectors.ntk().reshape(3, 2, 4, 2, 2, 4).transpose(0, 3, 1, 4, 2, 5);
                assertClose(expected, images.ntk(), 1e-13);
                for (int n = 0; n < 3; n++) {
                    for (int h = 0; h < 2; h++) {
                        for (int w = 0; w < 4; w++) {
                            assertEquals(
                                    vectors.cov1().get(n * 8L + h * 4 + w),
                                    images.cov1().get(n, h, h, w, w));
                        }
                    }
                }
            }
        }
    }

    /** Flatten takes the mean over equal positions. */
    @Test
    void flatteningIsTheMeanOverEqualPositions() {
        var random = new SplittableRandom(76);
        for (int trial = 0; trial < 20; trial++) {
            Network body = RandomNetworks.on(random, 0, -1, false);
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, 3, 2, 3, 4);
                    Kernel images = body.kernel(x);
                    Kernel flat = Stax.serial(body, Stax.flatten()).kernel(x)) {
                double size = RandomNetworks.largest(images.ntk().toArray());
                for (int i = 0; i < 3; i++) {
                    for (int j = 0; j < 3; j++) {
                        int[] at = {i, j};
                        double mean =
                                IntStream.range(0, 6)
                                        .mapToDouble(
                                                p ->
                                                        images.ntk()
                                                                .get(
                                                                        at[0], at[1], p / 3, p / 3,
                                                                        p % 3, p % 3))
                                        .average()
                                        .orElseThrow();
                        assertEquals(mean, flat.ntk().get(i, j), 1e-12 * size);
                    }
                }
            }
        }
    }
}
