package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.finiteLayer;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.maxPool;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;

/** Layers without an infinite limit: the caller's own, and those of the library. */
class FiniteLayerTest {
    /** x A + B x, with a matrix A of channels and a matrix B of positions. */
    private static final class Mixing implements FiniteLayer {
        @Override
        public String name() {
            return "Mixing";
        }

        @Override
        public List<Weights> weights(Shape input) {
            long positions = input.extent(0);
            long channels = input.extent(1);
            return List.of(
                    new Weights(Shape.of(channels, channels), 0.5),
                    new Weights(Shape.of(positions, positions), 2));
        }

        @Override
        public Value append(FiniteBuilder program, Value x, List<Value> weights) {
            return program.sum(
                    List.of(
                            program.product(x, weights.get(0), false, 1),
                            program.product(weights.get(1), x, false, 1)));
        }
    }

    /** The sum over positions, which has no weights and another shape. */
    private record Collapsed() implements FiniteLayer {
        @Override
        public String name() {
            return "Collapsed";
        }

        @Override
        public Value append(FiniteBuilder program, Value x, List<Value> weights) {
            return program.reshape(AxisMeans.sum(program, x, List.of(0)), x.shape().without(0));
        }
    }

    @Test
    void aLayerOfTheCallersOwnIsWhatItAppends() {
        Network network = serial(finiteLayer(new Mixing()), finiteLayer(new Collapsed()));
        assertEquals(Shape.of(5, 2), network.outputShape(Shape.of(5, 3, 2)));
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(85), DType.F64, 5, 3, 2);
                Parameters parameters = network.init(1, x.shape());
                Tensor f = network.apply(parameters, x)) {
            List<Tensor> arrays = parameters.arrays().toList();
            Tensor a = arrays.get(0);
            Tensor b = arrays.get(1);
            try (Tensor expected =
                    Elements.of(
                            Shape.of(5, 2),
                            at -> {
                                double sum = 0;
                                for (long p = 0; p < 3; p++) {
                                    for (long c = 0; c < 2; c++) {
                                        sum += x.get(at[0], p, c) * a.get(c, at[1]);
                                    }
                                    for (long q = 0; q < 3; q++) {
                                        sum += b.get(q, p) * x.get(at[0], p, at[1]);
                                    }
                                }
                                return sum;
                            })) {
                Elements.assertClose(expected, f, 1e-14, "Mixing");
            }
        }
    }

    @Test
    void weightsHaveTheirDeviation() {
        try (Parameters parameters =
                finiteLayer(new Mixing()).init(2, Shape.of(1, 80, 60), DType.F32)) {
            List<Tensor> arrays = parameters.arrays().toList();
            assertEquals(DType.F32, arrays.getFirst().dtype());
            assertEquals(0.5, deviation(arrays.get(0)), 0.02);
            assertEquals(2, deviation(arrays.get(1)), 0.08);
        }
        assertThrows(InputException.class, () -> new FiniteLayer.Weights(Shape.of(2), -1));
    }

    private static double deviation(Tensor tensor) {
        double squares = 0;
        for (double value : tensor.toArray()) {
            squares += value * value;
        }
        return Math.sqrt(squares / tensor.size());
    }

    private static void refused(String part, Runnable action) {
        var refusal = assertThrows(InputException.class, action::run);
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }

    @Test
    void thereIsNoKernelOfThem() {
        Network norm = Stax.batchNorm(new double[] {0, 0}, new double[] {1, 1});
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(86), DType.F64, 3, 4, 2)) {
            refused("MaxPool has no infinite limit", () -> maxPool(2).kernel(x).close());
            refused("take AvgPool", () -> serial(conv(3, 2), maxPool(2)).kernel(x).close());
            refused("take LayerNorm", () -> norm.kernel(x).close());
            refused("CustomLayer", () -> finiteLayer(new Mixing()).kernel(x).close());
            refused(
                    "Monte Carlo",
                    () ->
                            maxPool(2)
                                    .describe(
                                            x.shape(), null, DType.F64, KernelOptions.defaults()));
        }
    }

    @Test
    void networksOfThemApply() {
        Network network =
                serial(
                        conv(6, 3, 3).padding(Padding.SAME).biasStd(0.1),
                        Stax.batchNorm(new double[6], new double[] {1, 2, 3, 4, 5, 6}),
                        relu(),
                        maxPool(2, 2).strides(2, 2),
                        flatten(),
                        dense(3));
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(87), DType.F64, 5, 6, 7, 2);
                Parameters parameters = network.init(1, x.shape());
                Tensor f = network.apply(parameters, x)) {
            assertEquals(network.outputShape(x.shape()), f.shape());
            assertEquals(3 * 3 * 2 * 6 + 6 + 3 * 3 * 6 * 3, network.parameterCount(x.shape()));
        }
        Network read = Model.parse("json", Model.toJson(network));
        assertEquals(network.text(), read.text());
    }

    @Test
    void noModelFileHoldsCode() {
        refused("Java code", () -> Model.toJson(finiteLayer(new Mixing())));
    }
}
