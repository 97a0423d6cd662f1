package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.conv;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.globalAvgPool;
import static dev.jtangents.layers.Stax.globalSelfAttention;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.AttentionScores;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

/** Attention beyond the golden cases: decays, masks, refusals, texts. */
class GlobalSelfAttentionTest {
    private static final GlobalSelfAttention PLAIN = globalSelfAttention(8, 8, 8, 2);

    /** The figures of neural-tangents 0.6.5 for this network. */
    @Test
    void embeddingsMayDecayWithTheDistance() {
        Network network =
                serial(
                        dense(4).biasStd(0.3),
                        PLAIN.weightStds(1.1, 1.2, 0.9, 1.3)
                                .biasStd(0.2)
                                .positions(
                                        PositionalEmbedding.concat(3)
                                                .std(0.7)
                                                .decay(1, d -> 1 / (1 + d * d))
                                                .inValues()),
                        relu(),
                        globalAvgPool());
        double[] values = new double[12];
        Arrays.setAll(values, i -> (i % 5 - 2) / 2.0);
        try (Tensor x = Tensor.of(values, 2, 3, 2);
                Kernel kernel = network.kernel(x)) {
            assertArrayEquals(
                    new double[] {
                        0.2863442497022797,
                        0.22980502417916618,
                        0.22980502417916623,
                        0.287134183219287
                    },
                    kernel.nngp().toArray(),
                    1e-14);
            assertArrayEquals(
                    new double[] {
                        0.7316641040394892,
                        0.4569841075994415,
                        0.4569841075994415,
                        0.7475975405986763
                    },
                    kernel.ntk().toArray(),
                    1e-14);
        }
    }

    @Test
    void masksHideKeysAndPositions() {
        for (boolean linear : new boolean[] {true, false}) {
            Network network =
                    serial(
                            dense(4).biasStd(0.3),
                            PLAIN.scores(AttentionScores.IDENTITY)
                                    .linearScaling(linear)
                                    .biasStd(0.2)
                                    .positions(PositionalEmbedding.sum().inValues()),
                            globalAvgPool());
            try (Tensor alone = Tensor.of(new double[] {1, 2, -1, 3}, 1, 2, 2);
                    Tensor padded = Tensor.of(new double[] {1, 2, -1, 3, 9, 9}, 1, 3, 2);
                    Kernel expected = network.kernel(alone);
                    Kernel actual =
                            network.kernel(padded, KernelOptions.defaults().maskConstant(9))) {
                double nngp = expected.nngp().get(0, 0);
                double ntk = expected.ntk().get(0, 0);
                assertEquals(nngp, actual.nngp().get(0, 0), 1e-14 * nngp);
                assertEquals(ntk, actual.ntk().get(0, 0), 1e-14 * ntk);
            }
        }
    }

    @Test
    void makesGaussianActivationsOfItsWidth() {
        Network network = serial(conv(1, 2), PLAIN);
        Propagation out = Propagated.through(network, Shape.of(2, 4, 3));
        assertEquals(Shape.of(2, 3, 8), out.shape1());
        assertTrue(out.gaussian());
        assertTrue(Propagated.through(PLAIN, Shape.of(2, 4, 3)).parametric());
    }

    @Test
    void withoutLinearScalingScoresAreTakenAsTheyAre() {
        for (AttentionScores scores : AttentionScores.values()) {
            Network network = PLAIN.linearScaling(false).scores(scores);
            if (scores == AttentionScores.IDENTITY) {
                Propagated.through(network, Shape.of(2, 4, 3));
                continue;
            }
            String message =
                    assertThrows(
                                    InputException.class,
                                    () -> Propagated.through(network, Shape.of(2, 4, 3)))
                            .getMessage();
            assertTrue(message.contains(scores.name()), message);
        }
    }

    @Test
    void refusesWrongArguments() {
        assertThrows(InputException.class, () -> globalSelfAttention(0, 1, 1, 1));
        assertThrows(InputException.class, () -> globalSelfAttention(1, 1, 1, -1));
        assertThrows(InputException.class, () -> PLAIN.weightStds(1, 1, -1, 1));
        assertThrows(InputException.class, () -> PLAIN.biasStd(-1));
        assertThrows(InputException.class, () -> PositionalEmbedding.concat(0));
        assertThrows(InputException.class, () -> PositionalEmbedding.sum().std(Double.NaN));
        Network infinite =
                PLAIN.positions(PositionalEmbedding.sum().decay(2, distance -> 1 / distance));
        assertThrows(InputException.class, () -> Propagated.through(infinite, Shape.of(1, 2, 2)));
    }

    @Test
    void aDecayIsCode() {
        Network network = PLAIN.positions(PositionalEmbedding.sum().decay(2, d -> Math.exp(-d)));
        assertThrows(InputException.class, () -> Model.toJson(network));
        String json =
                "{\"GlobalSelfAttention\": {\"n_chan_out\": 1, \"n_chan_key\": 1,"
                        + " \"n_chan_val\": 1, \"n_heads\": 1, \"pos_emb_decay_fn\": ";
        String message =
                assertThrows(InputException.class, () -> Model.parse("m", json + "\"exp\"}}"))
                        .getMessage();
        assertTrue(message.contains("null"), message);
        assertEquals(
                globalSelfAttention(1, 1, 1, 1).text(), Model.parse("m", json + "null}}").text());
    }

    @Test
    void textsReadBack() {
        for (Network network :
                List.of(
                        PLAIN,
                        PLAIN.weightStds(2, 3, 4, 5).biasStd(0).axes(1, 0).linearScaling(false),
                        PLAIN.scores(AttentionScores.RELU)
                                .positions(PositionalEmbedding.concat(3).std(0.5).inValues()),
                        PLAIN.positions(PositionalEmbedding.concat()))) {
            String json = Model.toJson(network);
            assertEquals(network.text(), Model.parse("json", json).text(), json);
        }
    }
}
