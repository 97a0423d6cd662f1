package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.avgPool;
import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.convTranspose;
import static dev.jtangents.layers.Stax.cos;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.dotGeneral;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.identity;
import static dev.jtangents.layers.Stax.index;
import static dev.jtangents.layers.Stax.layerNorm;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What is masked, on its way through layers, and what kernels make of it. */
class MaskTest {
    private static final double PADDING = 9;

    /** One example of two channels: position 1 is masked in one of them, position 2 in both. */
    private static Tensor partial() {
        return Tensor.of(new double[] {1, 2, PADDING, 3, PADDING, PADDING}, 1, 3, 2);
    }

    /** One example of seven positions and one channel, positions 3 and 4 masked. */
    private static Tensor gap() {
        return Tensor.of(new double[] {1, 2, 3, PADDING, PADDING, 1, 2}, 1, 7, 1);
    }

    private static Kernel kernel(Network network, Tensor x) {
        return network.kernel(x, KernelOptions.defaults().maskConstant(PADDING));
    }

    private static void assertMask(Network network, Tensor input, Shape shape, double... mask) {
        try (Tensor x = input;
                Kernel kernel = kernel(network, x)) {
            Tensor actual = kernel.mask1().orElseThrow();
            assertEquals(shape, actual.shape());
            assertArrayEquals(mask, actual.toArray());
            assertTrue(kernel.mask2().isEmpty());
        }
    }

    // The expected masks were computed by the reference.

    @Test
    void isOfTheInputsEntries() {
        assertMask(identity(), partial(), Shape.of(1, 3, 2), 0, 0, 1, 0, 1, 1);
        assertMask(flatten(), partial(), Shape.of(1, 6), 0, 0, 1, 0, 1, 1);
    }

    @Test
    void aLayerWithWeightsMasksWhereAllChannelsAre() {
        assertMask(dense(4), partial(), Shape.of(1, 3, 1), 0, 0, 1);
        assertMask(serial(dense(2), flatten()), partial(), Shape.of(1, 6), 0, 0, 0, 0, 1, 1);
    }

    @Test
    void aConvolutionMasksWhereTheMiddleOfItsWindowIs() {
        Shape full = Shape.of(1, 7, 1);
        Conv same = conv(1, 3).padding(Padding.SAME);
        assertMask(same, gap(), full, 0, 0, 0, 1, 1, 0, 0);
        assertMask(same.strides(2), gap(), Shape.of(1, 4, 1), 0, 0, 1, 0);
        assertMask(conv(1, 3), gap(), Shape.of(1, 5, 1), 0, 0, 1, 1, 0);
        assertMask(serial(dense(1), avgPool(2)), gap(), Shape.of(1, 6, 1), 0, 0, 0, 1, 1, 0);
    }

    @Test
    void aTransposedConvolutionMasksWhatAnyMaskedInputReaches() {
        Conv same = convTranspose(1, 2).padding(Padding.SAME);
        assertMask(same, gap(), Shape.of(1, 7, 1), 0, 0, 0, 1, 1, 1, 0);
        assertMask(
                convTranspose(1, 2).strides(3),
                gap(),
                Shape.of(1, 21, 1),
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                1,
                1,
                0,
                1,
                1,
                0,
                0,
                0,
                0,
                0,
                0,
                0);
    }

    @Test
    void mapsOfPositionsMaskWhatSeesOnlyMaskedOnes() {
        assertMask(index(":, 1"), partial(), Shape.of(1, 2), 1, 0);
        assertMask(index(":, ::-1"), partial(), Shape.of(1, 3, 2), 1, 1, 1, 0, 0, 0);
        try (Tensor sums = Tensor.of(new double[] {1, 0, 0, 1, 0, 1}, 3, 2)) {
            DotGeneral layer = dotGeneral(sums).contracting(List.of(1), List.of(0));
            assertMask(layer, partial(), Shape.of(1, 2, 2), 0, 1, 0, 0);
        }
    }

    @Test
    void paddingDoesNotMatter() {
        Network network =
                serial(
                        dense(8).biasStd(0.5),
                        layerNorm(1, 2),
                        relu(),
                        dense(8).biasStd(0.3),
                        cos(1, 1, 0.3),
                        globalAvgPool(),
                        dense(1));
        double[] text = {1, 2, -1, 0.5, 3, 1};
        double[] padded = {1, 2, -1, 0.5, 3, 1, Double.NaN, Double.NaN};
        try (Tensor alone = Tensor.of(text, 1, 3, 2);
                Tensor filled = Tensor.of(padded, 1, 4, 2);
                Kernel expected = network.kernel(alone);
                Kernel actual =
                        network.kernel(filled, KernelOptions.defaults().maskConstant(Double.NaN))) {
            assertEquals(expected.nngp().get(0, 0), actual.nngp().get(0, 0), 1e-14);
            assertEquals(expected.ntk().get(0, 0), actual.ntk().get(0, 0), 1e-14);
        }
    }

    /** In f32 a constant is rounded as the inputs were. */
    @Test
    void constantsAreComparedInTheInputsDtype() {
        try (Tensor x = Tensor.of(new float[] {0.1f, 1}, 1, 2);
                Kernel kernel = identity().kernel(x, KernelOptions.defaults().maskConstant(0.1))) {
            assertArrayEquals(new double[] {1, 0}, kernel.mask1().orElseThrow().toArray());
            assertEquals(0.5, kernel.nngp().get(0, 0));
        }
    }

    @Test
    void batchesOfTheSameValuesMayBeMaskedApart() {
        Network network = serial(dense(8).biasStd(1), globalAvgPool());
        try (Tensor masked = Tensor.of(new double[] {1, PADDING}, 1, 2, 1);
                Tensor zero = Tensor.of(new double[] {1, 0}, 1, 2, 1);
                Kernel kernel =
                        network.kernel(
                                masked, zero, KernelOptions.defaults().maskConstant(PADDING))) {
            assertEquals(false, kernel.get(KernelField.X1_IS_X2).orElseThrow());
            assertEquals(1.5, kernel.nngp().get(0, 0), 1e-15);
            assertArrayEquals(new double[] {0}, kernel.mask2().orElseThrow().toArray());
        }
    }

    @Test
    void withoutAConstantNothingIsMasked() {
        try (Tensor x = gap();
                Kernel kernel = dense(1).kernel(x)) {
            assertTrue(kernel.mask1().isEmpty());
            assertFalse(kernel.get(KernelField.MASK2).isPresent());
        }
    }

    @Test
    void channelsThatDifferAreRefusedWhereCovariancesCannotTell() {
        try (Tensor x = partial()) {
            for (Network network : List.of(avgPool(2), globalAvgPool())) {
                String message =
                        assertThrows(InputException.class, () -> kernel(network, x).close())
                                .getMessage();
                assertTrue(message.contains("Position 1 of example 0"), message);
            }
        }
    }

    @Test
    void channelsThatAgreeAreNot() {
        try (Tensor x = Tensor.of(new double[] {1, 2, PADDING, PADDING, 3, 4}, 1, 3, 2);
                Kernel kernel = kernel(globalAvgPool(), x)) {
            assertEquals((4 * 4 + 6 * 6) / 2.0 / 4, kernel.nngp().get(0, 0), 1e-15);
        }
    }
}
