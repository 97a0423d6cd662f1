package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.avgPool;
import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.convLocal;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;
import static dev.jtangents.layers.Stax.sumPool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** What holds for kernels of images, whatever their values. */
class ImagePropertiesTest {
    private static final int SIDE = 6;
    private static final int CHANNELS = 2;

    static Stream<Network> networks() {
        return Stream.of(
                serial(
                        conv(1, 3, 3).padding(Padding.SAME).biasStd(0.1),
                        relu(),
                        conv(1, 3, 3).padding(Padding.SAME).strides(2, 2),
                        relu(),
                        globalAvgPool(),
                        dense(1)),
                serial(
                        conv(1, 2, 3).padding(Padding.CIRCULAR).weightStd(1.3),
                        erf(),
                        avgPool(2, 2).strides(2, 2),
                        conv(1, 2, 2),
                        relu(),
                        flatten(),
                        dense(1)),
                serial(
                        conv(1, 3, 3),
                        relu(),
                        convLocal(1, 2, 2).biasStd(0.2),
                        erf(),
                        sumPool(2, 2),
                        conv(1, 1, 1),
                        flatten(),
                        dense(1)));
    }

    private static Tensor images(long seed, int count) {
        return rearranged(seed, count, i -> i, (row, column) -> row * SIDE + column);
    }

    /** Which position of the original image a position of the new one shows. */
    @FunctionalInterface
    private interface Positions {
        int of(int row, int column);
    }

    private static Tensor rearranged(
            long seed, int count, IntUnaryOperator examples, Positions positions) {
        int size = SIDE * SIDE * CHANNELS;
        double[] values = new SplittableRandom(seed).doubles((long) count * size, -1, 1).toArray();
        double[] moved = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int position = i / CHANNELS % (SIDE * SIDE);
            int from = positions.of(position / SIDE, position % SIDE);
            moved[i] =
                    values[examples.applyAsInt(i / size) * size + from * CHANNELS + i % CHANNELS];
        }
        return Tensor.of(moved, count, SIDE, SIDE, CHANNELS);
    }

    private static void assertClose(double[] expected, double[] actual) {
        assertClose(expected, actual, 1e-12);
    }

    private static void assertClose(double[] expected, double[] actual, double tolerance) {
        double largest = DoubleStream.of(expected).map(Math::abs).max().orElseThrow();
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tolerance * largest);
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void kernelsAreSymmetricAndPositiveSemidefinite(Network network) {
        try (Tensor x = images(1, 7);
                Kernel kernel = network.kernel(x)) {
            for (Tensor matrix : new Tensor[] {kernel.nngp(), kernel.ntk()}) {
                double largest = 0;
                for (int i = 0; i < 7; i++) {
                    largest = Math.max(largest, matrix.get(i, i));
                    for (int j = 0; j < 7; j++) {
                        assertEquals(matrix.get(i, j), matrix.get(j, i));
                    }
                }
                try (Tensor vectors = matrix.copy(DType.F64);
                        Tensor values = LinearAlgebra.get().symmetricEigen(vectors)) {
                    assertTrue(values.get(0) > -1e-12 * largest, network.toString());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void exchangingTheBatchesTransposesTheKernel(Network network) {
        try (Tensor x1 = images(1, 3);
                Tensor x2 = images(2, 5);
                Kernel kernel = network.kernel(x1, x2);
                Kernel exchanged = network.kernel(x2, x1);
                Tensor nngp = exchanged.nngp().transpose(1, 0).copy(DType.F64);
                Tensor ntk = exchanged.ntk().transpose(1, 0).copy(DType.F64)) {
            assertClose(kernel.nngp().toArray(), nngp.toArray());
            assertClose(kernel.ntk().toArray(), ntk.toArray());
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void permutedExamplesPermuteTheKernel(Network network) {
        int[] order = {2, 0, 3, 1};
        try (Tensor x = images(1, 4);
                Tensor permuted =
                        rearranged(1, 4, i -> order[i], (row, column) -> row * SIDE + column);
                Kernel kernel = network.kernel(x);
                Kernel other = network.kernel(permuted)) {
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    double expected = kernel.ntk().get(order[i], order[j]);
                    assertEquals(expected, other.ntk().get(i, j), 1e-12 * Math.abs(expected));
                }
            }
        }
    }

    @Test
    void circularNetworksDoNotSeeTranslations() {
        Network network =
                serial(
                        conv(1, 3, 2).padding(Padding.CIRCULAR).biasStd(0.3),
                        relu(),
                        conv(1, 2, 3).padding(Padding.CIRCULAR),
                        erf(),
                        globalAvgPool(),
                        dense(1));
        Positions shifted = (row, column) -> (row + 2) % SIDE * SIDE + (column + 5) % SIDE;
        try (Tensor x = images(1, 4);
                Tensor moved = rearranged(1, 4, i -> i, shifted);
                Kernel kernel = network.kernel(x);
                Kernel same = network.kernel(moved);
                Kernel across = network.kernel(x, moved)) {
            assertClose(kernel.ntk().toArray(), same.ntk().toArray());
            // Here an image meets its own copy, and the rounding of a correlation of 1 shows.
            assertClose(kernel.ntk().toArray(), across.ntk().toArray(), 1e-9);
        }
    }

    @Test
    void aFilterOfOneIsDense() {
        Network convolution = serial(conv(3, 1, 1).weightStd(1.3).biasStd(0.2), relu(), flatten());
        Network dense = serial(dense(3).weightStd(1.3).biasStd(0.2), relu(), flatten());
        try (Tensor x = images(1, 3);
                Kernel kernel = convolution.kernel(x);
                Kernel other = dense.kernel(x)) {
            assertClose(other.nngp().toArray(), kernel.nngp().toArray());
            assertClose(other.ntk().toArray(), kernel.ntk().toArray());
        }
    }

    @Test
    void deepNetworksWithLargeWeightsStayFiniteInF32() {
        Network layer = serial(conv(1, 3, 3).padding(Padding.SAME).weightStd(15), relu());
        Network network = serial(Stax.repeat(layer, 15), globalAvgPool(), dense(1));
        try (Tensor exact = images(1, 3);
                Tensor x = exact.copy(DType.F32);
                Kernel kernel = network.kernel(x)) {
            for (double value : kernel.ntk().toArray()) {
                assertTrue(Double.isFinite(value) && value > 0, "NTK " + value);
            }
        }
    }
}
