package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.avgPool;
import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.convLocal;
import static dev.jtangents.layers.Stax.convTranspose;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.dropout;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.globalSumPool;
import static dev.jtangents.layers.Stax.layerNorm;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;
import static dev.jtangents.layers.Stax.sumPool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.Map.entry;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Random finite networks of images with many channels against the analytic kernel. */
class MonteCarloImageTest {
    private static final int EXAMPLES = 3;
    private static final int WIDTH = 256;
    private static final int SAMPLES = 40;

    private static final Map<String, Network> NETWORKS =
            Map.ofEntries(
                    entry(
                            "strides, flattened",
                            serial(
                                    conv(WIDTH, 3, 3).padding(Padding.SAME).biasStd(0.2),
                                    relu(),
                                    conv(WIDTH, 3, 2).strides(2, 1).weightStd(1.3),
                                    relu(),
                                    flatten(),
                                    dense(WIDTH))),
                    entry(
                            "circular, pooled",
                            serial(
                                    conv(WIDTH, 3, 3).padding(Padding.CIRCULAR),
                                    erf(),
                                    avgPool(2, 2).padding(Padding.SAME).normalizeEdges(),
                                    conv(WIDTH, 2, 2),
                                    relu(),
                                    globalAvgPool(),
                                    dense(WIDTH))),
                    entry(
                            "transposed, local",
                            serial(
                                    convTranspose(WIDTH, 3, 2).strides(2, 1).biasStd(0.3),
                                    relu(),
                                    convLocal(WIDTH, 2, 2).strides(2, 2).biasStd(0.2),
                                    relu(),
                                    globalSumPool(),
                                    dense(WIDTH))),
                    entry(
                            "normalised",
                            serial(
                                    conv(WIDTH, 2, 2).biasStd(0.2),
                                    layerNorm(),
                                    relu(),
                                    conv(WIDTH, 2, 2),
                                    layerNorm(1, 2, 3),
                                    erf(),
                                    sumPool(2, 2),
                                    flatten(),
                                    dense(WIDTH))),
                    entry(
                            "dropped",
                            serial(
                                    conv(WIDTH, 2, 2).biasStd(0.2),
                                    relu(),
                                    dropout(0.6),
                                    conv(WIDTH, 2, 2),
                                    relu(),
                                    dropout(0.8),
                                    globalAvgPool(),
                                    dense(WIDTH))),
                    entry(
                            "other axes, standard",
                            serial(
                                    conv(WIDTH, 2, 3)
                                            .dimensionNumbers("NHWC", "OIWH", "HNCW")
                                            .parameterization(Parameterization.STANDARD)
                                            .biasStd(0.2)
                                            .widthMultipliers(1, 2),
                                    relu(),
                                    globalAvgPool().axes(1, 2),
                                    dense(WIDTH)
                                            .parameterization(Parameterization.STANDARD)
                                            .widthMultipliers(2, 1))));

    static Stream<String> names() {
        return NETWORKS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void wideNetworksAgreeWithTheKernel(String name) {
        Network network = Objects.requireNonNull(NETWORKS.get(name));
        double[] mean = new double[EXAMPLES * EXAMPLES];
        try (Tensor x =
                        RandomNetworks.inputs(
                                new SplittableRandom(6), DType.F64, EXAMPLES, 5, 4, 2);
                Kernel kernel = network.kernel(x)) {
            for (int sample = 0; sample < SAMPLES; sample++) {
                var options = ApplyOptions.defaults().seed(sample);
                try (Parameters parameters = network.init(sample, x.shape(), DType.F64);
                        Tensor f = network.apply(parameters, x, options)) {
                    for (int pair = 0; pair < mean.length; pair++) {
                        for (int k = 0; k < WIDTH; k++) {
                            mean[pair] +=
                                    f.get(pair / EXAMPLES, k)
                                            * f.get(pair % EXAMPLES, k)
                                            / (WIDTH * SAMPLES);
                        }
                    }
                }
            }
            double[] exact = kernel.nngp().toArray();
            double difference = 0;
            double size = 0;
            for (int pair = 0; pair < mean.length; pair++) {
                difference += Math.pow(mean[pair] - exact[pair], 2);
                size += exact[pair] * exact[pair];
            }
            double error = Math.sqrt(difference / size);
            assertTrue(error < 0.05, name + ": " + error);
        }
    }
}
