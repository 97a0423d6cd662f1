package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Optional;
import java.util.SplittableRandom;

/** Inputs that no kernel can be made of, and what the messages say. */
class KernelInputTest {
    private static final Network NETWORK =
            Stax.serial(Stax.dense(5).weightStd(1.3).biasStd(0.2), Stax.relu(), Stax.dense(3));

    private static Tensor inputs(int seed, DType dtype, long... shape) {
        return RandomNetworks.inputs(new SplittableRandom(seed), dtype, shape);
    }

    private static void assertRefused(
            Network network, Tensor x1, @Nullable Tensor x2, String... parts) {
        assertRefused(network, x1, x2, KernelOptions.defaults(), parts);
    }

    private static void assertRefused(
            Network network,
            Tensor x1,
            @Nullable Tensor x2,
            KernelOptions options,
            String... parts) {
        var refusal =
                assertThrows(InputException.class, () -> network.kernel(x1, x2, options).close());
        for (String part : parts) {
            assertTrue(
                    refusal.getMessage().contains(part),
                    "\"" + part + "\" is not in: " + refusal.getMessage());
        }
    }

    @Test
    void shapesThatAreNoBatchesAreRefused() {
        try (Tensor scalar = inputs(1, DType.F32);
                Tensor vector = inputs(1, DType.F32, 3);
                Tensor noExample = inputs(1, DType.F32, 0, 3);
                Tensor noFeature = inputs(1, DType.F32, 3, 0);
                Tensor good = inputs(1, DType.F32, 4, 3);
                Tensor other = inputs(1, DType.F32, 4, 2);
                Tensor image = inputs(1, DType.F32, 4, 2, 3)) {
            assertRefused(NETWORK, scalar, null, "x1", "()", "two axes");
            assertRefused(NETWORK, vector, null, "x1", "(3,)", "two axes");
            assertRefused(NETWORK, noExample, null, "x1", "(0, 3)", "empty");
            assertRefused(NETWORK, noFeature, null, "x1", "(3, 0)", "empty");
            assertRefused(NETWORK, good, vector, "x2", "(3,)");
            assertRefused(NETWORK, good, noExample, "x2", "(0, 3)");
            assertRefused(NETWORK, good, other, "(4, 3)", "(4, 2)");
            assertRefused(NETWORK, good, image, "(4, 3)", "(4, 2, 3)");
            assertRefused(Stax.serial(), vector, null, "(3,)");
            assertRefused(Stax.flatten(), vector, null, "(3,)");
        }
    }

    static final float[] BAD = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
    };

    @ParameterizedTest
    @ValueSource(strings = {"nngp", "ntk", "cov1", "cov2"})
    void valuesThatAreNotFiniteNameTheirBatchAndExample(String field) {
        KernelOptions options = KernelOptions.defaults().get(field);
        for (float bad : BAD) {
            for (DType dtype : DType.values()) {
                try (Tensor x = inputs(1, dtype, 4, 3);
                        Tensor y = inputs(2, dtype, 5, 3)) {
                    if (field.equals("cov1")) {
                        x.set(bad, 2, 1);
                        assertRefused(NETWORK, x, y, options, "x1", "example 2 ");
                    } else {
                        y.set(bad, 2, 1);
                        assertRefused(NETWORK, x, y, options, "x2", "example 2 ");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void valuesOfImagesThatAreNotFiniteNameTheirExample(boolean flat) {
        Network network = flat ? Stax.serial(NETWORK, Stax.flatten()) : NETWORK;
        for (long[] at : new long[][] {{1, 0, 0, 0}, {2, 1, 1, 2}}) {
            try (Tensor x = inputs(1, DType.F64, 4, 2, 2, 3)) {
                x.set(Double.NaN, at);
                assertRefused(network, x, null, "x1", "example " + at[0] + " ");
                try (Tensor good = inputs(1, DType.F64, 4, 2, 2, 3)) {
                    assertRefused(network, good, x, "x2", "example " + at[0] + " ");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nngp", "ntk", "cov1"})
    void valuesWhoseSquaresLeaveF32SaySo(String field) {
        KernelOptions options = KernelOptions.defaults().get(field);
        try (Tensor x = inputs(1, DType.F32, 4, 3)) {
            x.set(1e25, 3, 0);
            assertRefused(NETWORK, x, null, options, "example 3 ", "f32", "f64");
            try (Kernel kernel = NETWORK.kernel(x, null, options.dtype(DType.F64))) {
                Tensor values = (Tensor) kernel.get(options.fields().getFirst()).orElseThrow();
                for (double value : values.toArray()) {
                    assertTrue(Double.isFinite(value));
                }
            }
        }
    }

    @Test
    void overflowInAnImageNamesItsExample() {
        Network flat = Stax.serial(NETWORK, Stax.flatten());
        try (Tensor x = inputs(1, DType.F32, 4, 2, 2, 3)) {
            x.set(1e25, 2, 1, 1, 0);
            assertRefused(flat, x, null, "example 2 ", "f32");
            assertRefused(NETWORK, x, null, "example 2 ", "f32");
        }
    }

    /** Near the end of f64, whatever the nonlinearity: right, or refused, and never NaN. */
    @ParameterizedTest
    @ValueSource(doubles = {1e70, 1e78, 1e100, 1e150})
    void hugeValuesInF64AreFiniteOrRefused(double huge) {
        for (Network activation : RandomNetworks.activations()) {
            Network network = Stax.serial(Stax.dense(3), activation, Stax.dense(2));
            try (Tensor x = Tensor.of(new double[] {huge, huge / 2, -huge, huge, 1, 2}, 3, 2)) {
                try (Kernel kernel = network.kernel(x)) {
                    for (Tensor tensor : new Tensor[] {kernel.nngp(), kernel.ntk()}) {
                        for (double value : tensor.toArray()) {
                            assertTrue(Double.isFinite(value), activation + ": " + value);
                        }
                    }
                } catch (InputException refusal) {
                    assertTrue(refusal.getMessage().contains("example"), refusal.getMessage());
                }
            }
        }
    }

    @Test
    void aCopyOfABatchIsTheBatch() {
        var random = new SplittableRandom(61);
        for (DType dtype : DType.values()) {
            for (int trial = 0; trial < 10; trial++) {
                Network network = RandomNetworks.dense(random);
                try (Tensor x = RandomNetworks.inputs(random, dtype, 30, 7);
                        Tensor copy = x.copy(dtype);
                        Kernel alone = network.kernel(x);
                        Kernel twice = network.kernel(x, copy);
                        Kernel itself = network.kernel(x, x)) {
                    for (Kernel other : new Kernel[] {twice, itself}) {
                        assertEquals(-1, mismatch(alone.nngp(), other.nngp()));
                        assertEquals(-1, mismatch(alone.ntk(), other.ntk()));
                        assertEquals(Optional.of(true), other.get(KernelField.X1_IS_X2));
                        assertEquals(-1, mismatch(alone.cov1(), other.cov2().orElseThrow()));
                    }
                    assertEquals(Optional.empty(), alone.cov2());
                }
            }
        }
    }

    private static long mismatch(Tensor a, Tensor b) {
        return a.segment().mismatch(b.segment());
    }

    @Test
    void mixedTypesAreComputedInTheWider() {
        try (Tensor x = inputs(1, DType.F32, 4, 3);
                Tensor y = inputs(2, DType.F64, 5, 3);
                Tensor wide = x.copy(DType.F64);
                Kernel mixed = NETWORK.kernel(x, y);
                Kernel expected = NETWORK.kernel(wide, y);
                Kernel narrow = NETWORK.kernel(x, y, KernelOptions.defaults().dtype(DType.F32))) {
            assertEquals(DType.F64, mixed.nngp().dtype());
            assertEquals(-1, mismatch(expected.nngp(), mixed.nngp()));
            assertEquals(-1, mismatch(expected.cov1(), mixed.cov1()));
            assertEquals(DType.F32, narrow.ntk().dtype());
            assertEquals(DType.F32, narrow.cov1().dtype());
            assertEquals(expected.ntk().get(1, 2), narrow.ntk().get(1, 2), 1e-5);
            try (Kernel same = NETWORK.kernel(x, wide)) {
                assertEquals(Optional.of(true), same.get(KernelField.X1_IS_X2));
            }
        }
    }

    @Test
    void oneExampleIsEnough() {
        try (Tensor x = inputs(1, DType.F64, 1, 1);
                Kernel kernel = NETWORK.kernel(x)) {
            assertEquals(Shape.of(1, 1), kernel.nngp().shape());
            assertEquals(kernel.cov1().get(0), kernel.nngp().get(0, 0));
        }
    }

    @Test
    void zeroInputsAreFinite() {
        for (Network activation : RandomNetworks.activations()) {
            Network network = Stax.serial(Stax.dense(3), activation, Stax.dense(2));
            for (DType dtype : DType.values()) {
                try (Tensor x = Tensor.allocate(dtype, Shape.of(3, 2))) {
                    x.set(1e-20, 1, 0);
                    x.set(-1, 2, 1);
                    try (Kernel kernel = network.kernel(x)) {
                        for (Tensor tensor : new Tensor[] {kernel.nngp(), kernel.ntk()}) {
                            for (double value : tensor.toArray()) {
                                assertTrue(Double.isFinite(value), activation + ": " + value);
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void twoActivationsInARowAreRefusedWithAdvice() {
        try (Tensor x = inputs(1, DType.F64, 4, 3)) {
            for (Network network :
                    new Network[] {
                        Stax.serial(Stax.dense(3), Stax.relu(), Stax.erf()),
                        Stax.serial(Stax.dense(3), Stax.relu(), Stax.identity(), Stax.erf()),
                        Stax.serial(Stax.dense(3), Stax.flatten(), Stax.erf()),
                        Stax.serial(Stax.dense(3), Stax.repeat(Stax.erf(), 2)),
                        Stax.erf()
                    }) {
                assertRefused(network, x, null, "Erf", "Gaussian", "Dense", "before");
                assertThrows(
                        InputException.class,
                        () ->
                                network.describe(
                                        x.shape(), null, DType.F32, KernelOptions.defaults()));
            }
        }
    }

    @Test
    void axesThatAreNotThereAreRefused() {
        try (Tensor x = inputs(1, DType.F64, 4, 3)) {
            assertRefused(Stax.dense(3).axes(2, -1), x, null, "Axis 2", "(4, 3)");
            assertRefused(Stax.dense(3).axes(0, -3), x, null, "Axis -3", "(4, 3)");
            assertRefused(Stax.dense(3).axes(1, 1), x, null, "same axis");
            assertRefused(Stax.dense(3).axes(0, -2), x, null, "same axis");
            assertRefused(
                    Stax.serial(Stax.dense(3), Stax.dense(3).axes(1, 0)), x, null, "batch_axis");
            assertRefused(Stax.flatten(3, 0), x, null, "Axis 3");
            assertRefused(
                    Stax.serial(Stax.dense(3), Stax.flatten(1, 0)), x, null, "Flatten", "batch");
        }
    }

    @Test
    void widthsBeyondAnIntAreRefused() {
        Network wide =
                Stax.dense(Integer.MAX_VALUE)
                        .parameterization(Parameterization.STANDARD)
                        .widthMultipliers(1, 2);
        try (Tensor x = inputs(1, DType.F64, 4, 3)) {
            assertRefused(wide, x, null);
            assertThrows(InputException.class, () -> wide.outputShape(x.shape()));
            assertThrows(InputException.class, () -> wide.init(1, x.shape()).close());
        }
    }

    /** Shapes alone, so that nothing is allocated. */
    @Test
    void enormousShapesAreRefusedWithAMessage() {
        KernelOptions options = KernelOptions.defaults();
        for (Shape shape :
                new Shape[] {
                    Shape.of(1L << 33, 2),
                    Shape.of(1L << 40, 1L << 22),
                    Shape.of(Long.MAX_VALUE, 1),
                    Shape.of(1L << 20, 1L << 20, 3)
                }) {
            for (Network network : new Network[] {NETWORK, Stax.serial(NETWORK, Stax.flatten())}) {
                try {
                    String text = network.describe(shape, null, DType.F64, options);
                    assertTrue(text.contains("kernel"), text);
                } catch (InputException refusal) {
                    String message = refusal.getMessage();
                    assertTrue(message.contains("memory") || message.contains("GB"), message);
                }
            }
        }
    }
}
