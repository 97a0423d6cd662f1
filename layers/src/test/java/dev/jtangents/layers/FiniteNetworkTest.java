package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/** Parameters and outputs of finite networks, against loops over the definition. */
class FiniteNetworkTest {
    private static final Map<String, DoubleUnaryOperator> FUNCTIONS =
            Map.ofEntries(
                    Map.entry("Relu", x -> x > 0 ? x : 0),
                    Map.entry("LeakyRelu", x -> x > 0 ? x : 0.2 * x),
                    Map.entry("Abs", Math::abs),
                    Map.entry("ABRelu", x -> x > 0 ? 1.3 * x : -0.5 * x),
                    Map.entry("Sigmoid_like", x -> Erf.erf(x / 2.4020563531719796) / 2 + 0.5),
                    Map.entry("Gelu", x -> x * (1 + Erf.erf(x / Math.sqrt(2))) / 2),
                    Map.entry("Sin", x -> 1.1 * Math.sin(0.7 * x + 0.4)),
                    Map.entry(
                            "Rbf", x -> Math.sqrt(2) * Math.sin(Math.sqrt(1.2) * x + Math.PI / 4)),
                    Map.entry("Exp", x -> 0.7 * Math.exp(0.4 * x)),
                    Map.entry("Cos", x -> 0.9 * Math.cos(0.8 * x + 0.3)),
                    Map.entry("Gaussian", x -> 1.2 * Math.exp(-0.4 * x * x)),
                    Map.entry("Gabor", x -> Math.sin(x) / Math.exp(x * x)),
                    Map.entry("Monomial", x -> x * x),
                    Map.entry("Polynomial", x -> 0.3 + 0.8 * x - 0.2 * x * x),
                    Map.entry("Hermite", x -> (x * x - 1) / Math.sqrt(2)),
                    Map.entry("Sign", Math::signum));

    /** z = factor x W + b along an axis, element by element. */
    private static Tensor dense(
            Tensor x, Tensor weights, Tensor bias, double factor, double biasFactor, int axis) {
        Tensor z = Tensor.allocate(DType.F64, x.shape().with(axis, weights.shape().extent(1)));
        long[] index = new long[x.shape().rank()];
        for (long flat = 0; flat < z.size(); flat++) {
            long rest = flat;
            for (int a = index.length - 1; a >= 0; a--) {
                index[a] = rest % z.shape().extent(a);
                rest /= z.shape().extent(a);
            }
            int channel = z.shape().axis(axis);
            long out = index[channel];
            long[] at = index.clone();
            double sum = 0;
            for (long in = 0; in < weights.shape().extent(0); in++) {
                at[channel] = in;
                sum += x.get(at) * weights.get(in, out);
            }
            z.set(factor * sum + biasFactor * bias.reshape(bias.size()).get(out), index);
        }
        return z;
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

    @ParameterizedTest
    @EnumSource
    void denseLayersMultiplyAlongTheirChannels(Parameterization parameterization) {
        var random = new SplittableRandom(91);
        for (int[] axes : new int[][] {{0, -1}, {0, 1}, {1, 0}, {2, 1}, {-1, -2}}) {
            Dense layer =
                    Stax.dense(4)
                            .weightStd(1.5)
                            .biasStd(0.3)
                            .axes(axes[0], axes[1])
                            .parameterization(parameterization)
                            .widthMultipliers(2, 3);
            boolean ntk = parameterization == Parameterization.NTK;
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, 3, 2, 5);
                    Parameters parameters = layer.init(5, x.shape());
                    Tensor f = layer.apply(parameters, x)) {
                List<Tensor> arrays = parameters.arrays().toList();
                long in = x.shape().extent(axes[1]);
                assertEquals(Shape.of(in, ntk ? 4 : 12), arrays.get(0).shape());
                assertEquals(ntk ? 4 : 12, arrays.get(1).size());
                assertEquals(layer.outputShape(x.shape()), f.shape());
                double factor = ntk ? 1.5 / Math.sqrt(in) : 1 / Math.sqrt(2);
                try (Tensor expected =
                        dense(x, arrays.get(0), arrays.get(1), factor, ntk ? 0.3 : 1, axes[1])) {
                    assertClose(expected, f, 1e-14);
                }
            }
        }
    }

    @Test
    void standardParametersHaveTheirDeviation() {
        Dense layer =
                Stax.dense(300)
                        .weightStd(1.5)
                        .biasStd(0.3)
                        .parameterization(Parameterization.STANDARD)
                        .widthMultipliers(4, 1);
        try (Parameters parameters = layer.init(3, Shape.of(1, 200))) {
            List<Tensor> arrays = parameters.arrays().toList();
            assertEquals(1.5 * Math.sqrt(4 / 200.0), deviation(arrays.get(0)), 0.004);
            assertEquals(0.3, deviation(arrays.get(1)), 0.05);
        }
        try (Parameters parameters = Stax.dense(300).weightStd(7).init(3, Shape.of(1, 200))) {
            assertEquals(1, deviation(parameters.arrays().toList().getFirst()), 0.015);
        }
    }

    private static double deviation(Tensor tensor) {
        double sum = 0;
        for (double value : tensor.toArray()) {
            sum += value * value;
        }
        return Math.sqrt(sum / tensor.size());
    }

    @Test
    void nonlinearitiesActOnEachNumber() {
        double[] values = {-3, -0.7, -1e-9, 0, 1e-9, 0.4, 1, 2.5};
        for (Network activation : RandomNetworks.activations()) {
            var leaf = (LayerText.Leaf) activation.text();
            DoubleUnaryOperator function = FUNCTIONS.get(leaf.name());
            if (function == null) {
                continue;
            }
            try (Tensor x = Tensor.of(values, 2, 4);
                    Parameters none = activation.init(1, x.shape());
                    Tensor f = activation.apply(none, x)) {
                assertEquals(0, none.arrays().count());
                for (int i = 0; i < values.length; i++) {
                    double expected = function.applyAsDouble(values[i]);
                    assertEquals(expected, f.get(i / 4, i % 4), 2e-15, leaf.name());
                }
            }
        }
    }

    @Test
    void flattenKeepsTheOrderOfAxes() {
        try (Tensor x = RandomNetworks.inputs(new SplittableRandom(92), DType.F64, 2, 3, 4);
                Parameters none = Stax.flatten().init(1, x.shape());
                Tensor flat = Stax.flatten().apply(none, x);
                Tensor middle = Stax.flatten(1, 0).apply(none, x);
                Tensor turned = Stax.flatten(-2, -1).apply(none, x)) {
            assertEquals(Shape.of(2, 12), flat.shape());
            assertEquals(Shape.of(3, 8), middle.shape());
            assertEquals(Shape.of(8, 3), turned.shape());
            for (int i = 0; i < 2; i++) {
                for (int j = 0; j < 3; j++) {
                    for (int k = 0; k < 4; k++) {
                        assertEquals(x.get(i, j, k), flat.get(i, j * 4L + k));
                        assertEquals(x.get(i, j, k), middle.get(j, i * 4L + k));
                        assertEquals(x.get(i, j, k), turned.get(i * 4L + k, j));
                    }
                }
            }
        }
    }

    @Test
    void randomNetworksHaveTheShapesThatTheyPromise() {
        var random = new SplittableRandom(93);
        for (int trial = 0; trial < 60; trial++) {
            int batch = random.nextInt(3);
            int channel = (batch + 1 + random.nextInt(2)) % 3;
            Network network = RandomNetworks.on(random, batch, channel, random.nextBoolean());
            long[] shape = random.longs(3, 1, 5).toArray();
            try (Tensor x = RandomNetworks.inputs(random, DType.F64, shape);
                    Parameters parameters = network.init(trial, x.shape());
                    Tensor f = network.apply(parameters, x);
                    Kernel kernel = network.kernel(x)) {
                assertEquals(network.outputShape(x.shape()), f.shape());
                assertEquals(kernel.shape1(), f.shape());
                for (double value : f.toArray()) {
                    assertTrue(Double.isFinite(value));
                }
            }
        }
    }

    /** Networks apply layer by layer. */
    @Test
    void serialIsOneLayerAfterAnother() {
        var random = new SplittableRandom(94);
        Network first = Stax.serial(RandomNetworks.layer(random, 0, 1), Stax.erf());
        Network second = RandomNetworks.layer(random, 0, 1);
        Network both = Stax.serial(first, second);
        try (Tensor x = RandomNetworks.inputs(random, DType.F64, 3, 4, 2);
                Parameters parameters = both.init(5, x.shape())) {
            Iterator<Parameters> parts = ((Parameters.Group) parameters).parts().iterator();
            try (Tensor hidden = first.apply(parts.next(), x);
                    Tensor expected = second.apply(parts.next(), hidden);
                    Tensor f = both.apply(parameters, x)) {
                assertEquals(-1, expected.segment().mismatch(f.segment()));
            }
        }
    }

    @Test
    void seedsAndTypesDecideTheParameters() {
        Network network = Stax.serial(Stax.dense(4).biasStd(1), Stax.relu(), Stax.dense(4));
        Shape shape = Shape.of(7, 4);
        try (Parameters a = network.init(5, shape);
                Parameters b = network.init(5, Shape.of(1, 4));
                Parameters floats = network.init(5, shape, DType.F32);
                Parameters other = network.init(6, shape)) {
            List<Tensor> arrays = a.arrays().toList();
            for (int i = 0; i < 3; i++) {
                double[] values = arrays.get(i).toArray();
                assertEquals(-1, mismatch(arrays.get(i), b.arrays().toList().get(i)));
                assertTrue(mismatch(arrays.get(i), other.arrays().toList().get(i)) >= 0);
                Tensor single = floats.arrays().toList().get(i);
                assertEquals(DType.F32, single.dtype());
                assertEquals((double) (float) values[0], single.toArray()[0]);
            }
            // Layers do not draw the same numbers.
            assertTrue(arrays.get(0).get(0, 0) != arrays.get(2).get(0, 0));
            try (Tensor x = RandomNetworks.inputs(new SplittableRandom(95), DType.F32, 7, 4);
                    Tensor narrow = network.apply(floats, x);
                    Tensor wide = network.apply(a, x)) {
                assertEquals(DType.F32, narrow.dtype());
                assertEquals(DType.F64, wide.dtype());
                assertClose(wide, narrow, 1e-5);
            }
        }
    }

    private static long mismatch(Tensor a, Tensor b) {
        return a.segment().mismatch(b.segment());
    }

    @Test
    void parametersOfAnotherNetworkAreRefused() {
        Network network = Stax.serial(Stax.dense(4).biasStd(1), Stax.relu(), Stax.dense(2));
        Shape shape = Shape.of(3, 5);
        try (Tensor x = Tensor.allocate(DType.F64, shape);
                Parameters fit = network.init(1, shape);
                Parameters narrow = network.init(1, Shape.of(3, 4));
                Parameters none = Stax.relu().init(1, shape);
                Parameters biasless = Stax.serial(Stax.dense(4), Stax.dense(2)).init(1, shape)) {
            network.apply(fit, x).close();
            for (Parameters bad : new Parameters[] {narrow, none, biasless}) {
                var refusal =
                        assertThrows(InputException.class, () -> network.apply(bad, x).close());
                assertTrue(refusal.getMessage().contains("(5, 4)"), refusal.getMessage());
            }
            try (Tensor vector = Tensor.allocate(DType.F64, Shape.of(5))) {
                assertThrows(InputException.class, () -> network.apply(fit, vector).close());
                assertThrows(InputException.class, () -> network.init(1, vector.shape()));
                assertThrows(InputException.class, () -> network.outputShape(vector.shape()));
            }
        }
    }

    @Test
    void noExamplesHaveNoOutputs() {
        Network network = Stax.serial(Stax.dense(4).biasStd(1), Stax.relu(), Stax.dense(2));
        try (Tensor x = Tensor.allocate(DType.F64, Shape.of(0, 3));
                Parameters parameters = network.init(1, x.shape());
                Tensor f = network.apply(parameters, x)) {
            assertEquals(Shape.of(0, 2), f.shape());
        }
    }

    @Test
    void closingParametersFreesThem() {
        Parameters parameters = Stax.dense(4).biasStd(1).init(1, Shape.of(3, 5));
        List<Tensor> arrays = parameters.arrays().toList();
        parameters.close();
        parameters.close();
        for (Tensor array : arrays) {
            assertThrows(IllegalStateException.class, array::toArray);
        }
        try (Tensor x = Tensor.allocate(DType.F64, Shape.of(3, 5))) {
            assertThrows(
                    IllegalStateException.class,
                    () -> Stax.dense(4).biasStd(1).apply(parameters, x).close());
        }
    }
}
