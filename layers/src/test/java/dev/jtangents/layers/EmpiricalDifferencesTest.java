package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.avgPool;
import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.convLocal;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.fanInProd;
import static dev.jtangents.layers.Stax.fanInSum;
import static dev.jtangents.layers.Stax.fanOut;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.gelu;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.globalSelfAttention;
import static dev.jtangents.layers.Stax.identity;
import static dev.jtangents.layers.Stax.layerNorm;
import static dev.jtangents.layers.Stax.parallel;
import static dev.jtangents.layers.Stax.serial;
import static dev.jtangents.layers.Stax.sin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.graph.finite.NtkImplementation;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Tangent kernels and their products with vectors, against Jacobians by finite differences. */
class EmpiricalDifferencesTest {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-8;

    private static final Map<String, Network> FLAT =
            Map.of(
                    "dense",
                    serial(dense(4).biasStd(0.3), erf(), dense(3).weightStd(1.4).biasStd(0.2)),
                    "standard parameterization",
                    serial(
                            dense(2).parameterization(Parameterization.STANDARD).biasStd(0.3),
                            gelu(),
                            dense(3).parameterization(Parameterization.STANDARD)),
                    "residual",
                    serial(
                            dense(3),
                            fanOut(2),
                            parallel(serial(sin(1, 0.9, 0.2), dense(3).biasStd(0.1)), identity()),
                            fanInSum(),
                            erf(),
                            dense(2)),
                    "product of branches",
                    serial(fanOut(2), parallel(dense(2), serial(dense(2), erf())), fanInProd()),
                    "normalised",
                    serial(dense(5), layerNorm(), erf(), dense(2)));

    private static final Map<String, Network> IMAGES =
            Map.of(
                    "convolution",
                    serial(conv(2, 2, 2).biasStd(0.2), erf(), conv(2, 2, 2)),
                    "pooled",
                    serial(conv(2, 2, 2), gelu(), globalAvgPool(), dense(2)),
                    "windows",
                    serial(conv(2, 2, 2), sin(1, 0.9, 0.2), avgPool(2, 2), flatten(), dense(2)),
                    "local",
                    serial(convLocal(2, 2, 2).biasStd(0.1), erf(), flatten(), dense(2)),
                    "attention",
                    serial(conv(2, 2, 2), globalSelfAttention(3, 2, 2, 2), globalAvgPool()));

    static Stream<String> names() {
        return Stream.concat(FLAT.keySet().stream(), IMAGES.keySet().stream()).sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void kernelsAreProductsOfJacobians(String name) {
        var random = new SplittableRandom(name.hashCode());
        boolean flat = FLAT.containsKey(name);
        Network network = Objects.requireNonNull((flat ? FLAT : IMAGES).get(name));
        try (Tensor x1 = inputs(random, flat, 3);
                Tensor x2 = inputs(random, flat, 2);
                Parameters parameters = network.init(7, x1.shape())) {
            Shape outputs1 = network.outputShape(x1.shape());
            Shape outputs2 = network.outputShape(x2.shape());
            double[][] jacobian1 = jacobian(network, parameters, x1);
            double[][] jacobian2 = jacobian(network, parameters, x2);
            try (Tensor pairs =
                    ContractedPairs.products(jacobian1, outputs1, jacobian2, outputs2)) {
                compare(network, parameters, x1, x2, pairs);
            }
            compareProduct(network, parameters, x1, x2, jacobian1, jacobian2);
        }
    }

    private static Tensor inputs(SplittableRandom random, boolean flat, long examples) {
        return flat
                ? RandomNetworks.inputs(random, DType.F64, examples, 3)
                : RandomNetworks.inputs(random, DType.F64, examples, 3, 4, 2);
    }

    private static void compare(
            Network network, Parameters parameters, Tensor x1, Tensor x2, Tensor pairs) {
        int last = pairs.shape().rank() / 2 - 1;
        List<List<Integer>> choices = List.of(List.of(), List.of(last), List.of(1));
        for (NtkImplementation implementation : NtkImplementation.values()) {
            EmpiricalKernels kernels = network.empirical().implementation(implementation);
            for (List<Integer> traced : choices) {
                for (List<Integer> diagonal : choices) {
                    if (traced.stream().anyMatch(diagonal::contains)) {
                        continue;
                    }
                    try (Tensor expected = ContractedPairs.of(pairs, traced, diagonal);
                            Tensor actual =
                                    kernels.traceAxes(array(traced))
                                            .diagonalAxes(array(diagonal))
                                            .ntk(parameters, x1, x2)) {
                        assertEquals(expected.shape(), actual.shape());
                        assertClose(expected.toArray(), actual.toArray());
                    }
                }
            }
        }
    }

    private static int[] array(List<Integer> axes) {
        return axes.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void compareProduct(
            Network network,
            Parameters parameters,
            Tensor x1,
            Tensor x2,
            double[][] jacobian1,
            double[][] jacobian2) {
        Shape shape = network.outputShape(x2.shape());
        try (Tensor vector =
                        RandomNetworks.inputs(new SplittableRandom(3), DType.F64, shape.extents());
                Tensor product = network.empirical().ntkVectorProduct(parameters, x1, x2, vector)) {
            double[] expected = new double[jacobian1.length];
            double[] factors = vector.toArray();
            for (int i = 0; i < expected.length; i++) {
                for (int j = 0; j < factors.length; j++) {
                    for (int k = 0; k < jacobian2[j].length; k++) {
                        expected[i] += jacobian1[i][k] * jacobian2[j][k] * factors[j];
                    }
                }
            }
            assertEquals(network.outputShape(x1.shape()), product.shape());
            assertClose(expected, product.toArray());
        }
    }

    private static void assertClose(double[] expected, double[] actual) {
        double scale = RandomNetworks.largest(expected);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], TOLERANCE * scale);
        }
    }

    /** For each element of the outputs its derivatives by all parameters. */
    private static double[][] jacobian(Network network, Parameters parameters, Tensor x) {
        List<Tensor> arrays = parameters.arrays().toList();
        int count = arrays.stream().mapToInt(array -> (int) array.size()).sum();
        int outputs = (int) network.outputShape(x.shape()).size();
        double[][] jacobian = new double[outputs][count];
        int column = 0;
        for (Tensor array : arrays) {
            Tensor flat = array.reshape(array.size());
            for (long i = 0; i < flat.size(); i++) {
                double value = flat.get(i);
                flat.set(value + STEP, i);
                double[] above = outputs(network, parameters, x);
                flat.set(value - STEP, i);
                double[] below = outputs(network, parameters, x);
                flat.set(value, i);
                for (int row = 0; row < outputs; row++) {
                    jacobian[row][column] = (above[row] - below[row]) / (2 * STEP);
                }
                column++;
            }
        }
        return jacobian;
    }

    private static double[] outputs(Network network, Parameters parameters, Tensor x) {
        try (Tensor outputs = network.apply(parameters, x, ApplyOptions.defaults().threads(1))) {
            return outputs.toArray();
        }
    }
}
