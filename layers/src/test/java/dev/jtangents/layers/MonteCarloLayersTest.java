package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.dotGeneral;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.fanInConcat;
import static dev.jtangents.layers.Stax.fanInProd;
import static dev.jtangents.layers.Stax.fanInSum;
import static dev.jtangents.layers.Stax.fanOut;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.globalSelfAttention;
import static dev.jtangents.layers.Stax.imageResize;
import static dev.jtangents.layers.Stax.index;
import static dev.jtangents.layers.Stax.layerNorm;
import static dev.jtangents.layers.Stax.parallel;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.Map.entry;

import dev.jtangents.graph.AttentionScores;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Random finite networks with attention, branches and masks against the analytic kernel. */
class MonteCarloLayersTest {
    private static final int EXAMPLES = 3;
    private static final int POSITIONS = 4;
    private static final int WIDTH = 128;
    private static final int SAMPLES = 40;
    private static final double PADDING = 9;

    private static final Map<String, Network> NETWORKS =
            Map.ofEntries(
                    entry("softmax", attentive(attention(AttentionScores.SOFTMAX))),
                    entry("identity", attentive(attention(AttentionScores.IDENTITY))),
                    entry("abs", attentive(attention(AttentionScores.ABS))),
                    entry("relu", attentive(attention(AttentionScores.RELU))),
                    entry(
                            "fluctuating",
                            attentive(attention(AttentionScores.IDENTITY).linearScaling(false))),
                    entry("summed embeddings", embedded(PositionalEmbedding.sum().std(0.8))),
                    entry(
                            "appended embeddings",
                            embedded(
                                    PositionalEmbedding.concat(WIDTH)
                                            .decay(2, d -> Math.exp(-d))
                                            .inValues())),
                    entry(
                            "sum and product",
                            serial(
                                    flatten(),
                                    fanOut(3),
                                    parallel(
                                            dense(WIDTH).biasStd(0.3),
                                            serial(dense(WIDTH), relu(), dense(WIDTH)),
                                            serial(dense(WIDTH).biasStd(0.2), erf())),
                                    fanInProd(),
                                    fanOut(2),
                                    parallel(dense(WIDTH), dense(WIDTH).biasStd(0.1)),
                                    fanInSum(),
                                    relu(),
                                    dense(WIDTH))),
                    entry(
                            "side by side",
                            serial(
                                    fanOut(2),
                                    parallel(
                                            dense(WIDTH).biasStd(0.3),
                                            conv(WIDTH, 2).padding(Padding.SAME)),
                                    fanInConcat(1),
                                    fanOut(2),
                                    parallel(
                                            serial(dense(WIDTH), relu()),
                                            serial(dense(WIDTH / 2).biasStd(0.2), erf())),
                                    fanInConcat(-1),
                                    globalAvgPool(),
                                    dense(WIDTH))),
                    entry(
                            "positions",
                            serial(
                                    dense(WIDTH).biasStd(0.2),
                                    layerNorm(),
                                    imageResize(ResizeMethod.LINEAR, -1, 7, -1),
                                    relu(),
                                    index(":, 1::2"),
                                    dotGeneral(0.8),
                                    flatten(),
                                    dense(WIDTH))));

    private static GlobalSelfAttention attention(AttentionScores scores) {
        return globalSelfAttention(WIDTH, 512, 4, 32)
                .weightStds(1.2, 0.9, 1.1, 1.3)
                .scores(scores)
                .biasStd(0.2);
    }

    private static Network attentive(GlobalSelfAttention layer) {
        return serial(layer, relu(), globalAvgPool(), dense(WIDTH));
    }

    /** Their covariance is that of many channels. */
    private static Network embedded(PositionalEmbedding positions) {
        return serial(
                dense(2 * WIDTH).biasStd(0.3),
                globalSelfAttention(WIDTH, 128, 8, 8).positions(positions),
                globalAvgPool(),
                dense(WIDTH));
    }

    static Stream<String> names() {
        return NETWORKS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void wideNetworksAgreeWithTheKernel(String name) {
        assertAgree(name, ApplyOptions.defaults(), KernelOptions.defaults(), 1.5);
    }

    /** The last position of every example but the first is masked. */
    @ParameterizedTest
    @MethodSource("names")
    void maskedNetworksAgreeWithTheKernel(String name) {
        assertAgree(
                name,
                ApplyOptions.defaults().maskConstant(PADDING),
                KernelOptions.defaults().maskConstant(PADDING),
                PADDING);
    }

    private static void assertAgree(
            String name, ApplyOptions apply, KernelOptions kernels, double last) {
        Network network = Objects.requireNonNull(NETWORKS.get(name));
        try (Tensor plain =
                        RandomNetworks.inputs(
                                new SplittableRandom(6), DType.F64, EXAMPLES, POSITIONS, 3);
                Tensor x =
                        Elements.of(
                                plain.shape(),
                                at -> at[0] > 0 && at[1] == POSITIONS - 1 ? last : plain.get(at));
                Kernel kernel = network.kernel(x, kernels)) {
            double[] mean = new double[EXAMPLES * EXAMPLES];
            for (int sample = 0; sample < SAMPLES; sample++) {
                try (Parameters parameters = network.init(sample, x.shape(), DType.F64);
                        Tensor f = network.apply(parameters, x, apply)) {
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
            assertTrue(error < 0.08, name + ": " + error);
        }
    }
}
