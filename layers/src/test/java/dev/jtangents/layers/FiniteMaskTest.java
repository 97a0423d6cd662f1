package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.exp;
import static dev.jtangents.layers.Stax.fanInConcat;
import static dev.jtangents.layers.Stax.fanInSum;
import static dev.jtangents.layers.Stax.fanOut;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.globalSelfAttention;
import static dev.jtangents.layers.Stax.layerNorm;
import static dev.jtangents.layers.Stax.maxPool;
import static dev.jtangents.layers.Stax.parallel;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.AttentionScores;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.SplittableRandom;

/** Masked inputs of finite networks. */
class FiniteMaskTest {
    private static final double PADDING = 9;
    private static final int LENGTH = 3;
    private static final int PADDED = 5;
    private static final ApplyOptions MASKED = ApplyOptions.defaults().maskConstant(PADDING);

    private static Tensor inputs() {
        return RandomNetworks.inputs(new SplittableRandom(71), DType.F64, 2, LENGTH, 4);
    }

    /** The same with more positions, which hold a constant. */
    private static Tensor padded(Tensor x, double constant) {
        return Elements.of(x.shape().with(1, PADDED), at -> at[1] < LENGTH ? x.get(at) : constant);
    }

    private static Network pooled(AttentionScores scores) {
        return serial(
                dense(5).biasStd(0.4),
                erf(),
                layerNorm(1, 2),
                globalSelfAttention(4, 3, 2, 2).scores(scores).linearScaling(false).biasStd(0.3),
                exp(0.7, 0.4),
                globalAvgPool(),
                dense(2).biasStd(0.2));
    }

    @ParameterizedTest
    @EnumSource
    void paddingIsAsIfItWereNotThere(AttentionScores scores) {
        Network network = pooled(scores);
        try (Tensor x = inputs();
                Tensor longer = padded(x, PADDING);
                Parameters parameters = network.init(3, x.shape());
                Tensor expected = network.apply(parameters, x);
                Tensor f = network.apply(parameters, longer, MASKED)) {
            Elements.assertClose(expected, f, 1e-13, scores.name());
        }
    }

    /** Derivatives do not see it either. */
    @Test
    void tangentKernelsIgnorePadding() {
        Network network = pooled(AttentionScores.SOFTMAX);
        try (Tensor x = inputs();
                Tensor longer = padded(x, PADDING);
                Parameters parameters = network.init(3, x.shape());
                Tensor expected = network.empirical().ntk(parameters, x, null);
                Tensor ntk = network.empirical().options(MASKED).ntk(parameters, longer, null)) {
            Elements.assertClose(expected, ntk, 1e-12, "NTK");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e300})
    void anyConstantDoes(double constant) {
        Network network = pooled(AttentionScores.SOFTMAX);
        try (Tensor x = inputs();
                Tensor usual = padded(x, PADDING);
                Tensor other = padded(x, constant);
                Parameters parameters = network.init(3, x.shape());
                Tensor expected = network.apply(parameters, usual, MASKED);
                Tensor f = network.apply(parameters, other, MASKED.maskConstant(constant))) {
            assertArrayEquals(expected.toArray(), f.toArray());
        }
    }

    /** In f32 the constant is that of f32. */
    @Test
    void constantsAreRoundedToTheInputs() {
        Network network = serial(dense(2).biasStd(1));
        try (Tensor x = inputs();
                Tensor longer = padded(x, 0.1);
                Tensor floats = longer.copy(DType.F32);
                Parameters parameters = network.init(3, x.shape(), DType.F32);
                Tensor f = network.apply(parameters, floats, MASKED.maskConstant(0.1))) {
            assertEquals(DType.F32, f.dtype());
            for (int i = 0; i < PADDED; i++) {
                assertEquals(i >= LENGTH, f.get(1, i, 0) == 0);
            }
        }
    }

    @Test
    void aConstantThatIsNowhereChangesNothing() {
        Network network =
                serial(
                        conv(3, 2).biasStd(0.2),
                        fanOut(2),
                        parallel(dense(2), serial(dense(3), erf())),
                        fanInConcat(-1),
                        maxPool(2),
                        flatten());
        try (Tensor x = inputs();
                Parameters parameters = network.init(3, x.shape());
                Tensor expected = network.apply(parameters, x);
                Tensor f = network.apply(parameters, x, MASKED)) {
            assertArrayEquals(expected.toArray(), f.toArray());
        }
    }

    /** Content wins where only one of several inputs is masked. */
    @Test
    void everyInputHasItsMask() {
        Network network = serial(parallel(dense(2).biasStd(1), dense(2).biasStd(1)), fanInSum());
        Shape shape = Shape.of(1, 3, 1);
        try (Tensor first = Tensor.of(new double[] {1, PADDING, PADDING}, 1, 3, 1);
                Tensor second = Tensor.of(new double[] {PADDING, 2, PADDING}, 1, 3, 1);
                Parameters parameters = network.init(3, List.of(shape, shape), DType.F64);
                Tensor f = network.apply(parameters, List.of(first, second), MASKED).getFirst()) {
            assertTrue(f.get(0, 0, 0) != 0 && f.get(0, 1, 0) != 0);
            assertEquals(0, f.get(0, 2, 0));
        }
    }

    @Test
    void noExamplesHaveNoMask() {
        Network network = serial(dense(2).biasStd(1), globalAvgPool());
        try (Tensor x = Tensor.allocate(DType.F64, Shape.of(0, 3, 2));
                Parameters parameters = network.init(3, x.shape());
                Tensor f = network.apply(parameters, x, MASKED)) {
            assertEquals(Shape.of(0, 2), f.shape());
        }
    }

    private static void assertRefused(Network network, String... parts) {
        try (Tensor x = inputs();
                Tensor longer = padded(x, PADDING);
                Parameters parameters = network.init(3, longer.shape())) {
            var refusal =
                    assertThrows(
                            InputException.class,
                            () -> network.apply(parameters, longer, MASKED).close());
            for (String part : parts) {
                assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
            }
        }
    }

    @Test
    void channelsStayOnTheirAxis() {
        assertRefused(
                serial(dense(3), dense(2).axes(0, 1)),
                "Dense reads axis 0 as batch and axis 1 as channels",
                "channels at axis 2",
                "same batch_axis and channel_axis");
        assertRefused(
                serial(dense(3).biasStd(1), flatten(0, 1), dense(3)),
                "Dense reads axis 0 as batch",
                "batch at axis 1");
    }

    @Test
    void whatCannotLeaveThemOutSaysSo() {
        assertRefused(serial(dense(2), maxPool(2)), "MaxPool", "masked", "AvgPool");
    }
}
