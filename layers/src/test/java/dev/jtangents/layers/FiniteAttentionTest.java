package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.globalSelfAttention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.AttentionScores;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;

/** Finite attention beyond the reference's figures: decays, large scores, what is drawn. */
class FiniteAttentionTest {
    private static final Shape SHAPE = Shape.of(2, 3, 2);
    private static final double DECAY = 0.4;

    private static Tensor inputs() {
        return RandomNetworks.inputs(new SplittableRandom(61), DType.F64, SHAPE.extents());
    }

    /**
     * Embeddings whose covariance is {@code DECAY^|p - q|} are an autoregression: row p is DECAY
     * times row p - 1 and {@code sqrt(1 - DECAY²)} times new numbers.
     */
    @Test
    void embeddingsAreCorrelatedAsTheirDecaySays() {
        PositionalEmbedding plain = PositionalEmbedding.sum().std(0.7).inValues();
        GlobalSelfAttention layer = globalSelfAttention(3, 2, 2, 2).linearScaling(false);
        Network decaying = layer.positions(plain.decay(1, d -> Math.pow(DECAY, d)));
        try (Tensor x = inputs();
                Parameters parameters = decaying.init(1, SHAPE);
                Tensor f = decaying.apply(parameters, x)) {
            Tensor features = parameters.arrays().toList().getLast();
            assertEquals(Shape.of(1, 3, 2), features.shape());
            for (int c = 0; c < 2; c++) {
                for (int p = 1; p < 3; p++) {
                    double fresh = Math.sqrt(1 - DECAY * DECAY) * features.get(0, p, c);
                    features.set(DECAY * features.get(0, p - 1, c) + fresh, 0, p, c);
                }
            }
            try (Tensor expected = layer.positions(plain).apply(parameters, x)) {
                Elements.assertClose(expected, f, 1e-13, "autoregression");
            }
        }
    }

    @Test
    void covariancesOfEmbeddingsHaveToBePositiveDefinite() {
        Network layer =
                globalSelfAttention(3, 2, 2, 2)
                        .positions(PositionalEmbedding.sum().decay(1, d -> d < 2 ? 1 : 0));
        try (Tensor x = inputs();
                Parameters parameters = layer.init(1, SHAPE)) {
            var refusal =
                    assertThrows(InputException.class, () -> layer.apply(parameters, x).close());
            assertTrue(refusal.getMessage().contains("pos_emb_decay_fn"), refusal.getMessage());
            assertTrue(refusal.getMessage().contains("3 positions"), refusal.getMessage());
        }
    }

    /** Softmax of scores of any size is finite, and all on the greatest in the end. */
    @Test
    void largeScoresDoNotOverflow() {
        Network layer = globalSelfAttention(2, 2, 2, 1);
        for (DType dtype : DType.values()) {
            try (Tensor plain = inputs();
                    Tensor x = Elements.of(SHAPE, at -> 1e6 * plain.get(at));
                    Tensor given = x.copy(dtype);
                    Parameters parameters = layer.init(1, SHAPE, dtype);
                    Tensor f = layer.apply(parameters, given)) {
                for (double value : f.toArray()) {
                    assertTrue(Double.isFinite(value));
                }
            }
        }
    }

    /** Positions may be taken in any order: without embeddings the outputs change places alike. */
    @Test
    void positionsAreAlike() {
        for (AttentionScores scores : AttentionScores.values()) {
            Network layer = globalSelfAttention(3, 2, 2, 2).scores(scores).biasStd(0.3);
            try (Tensor x = inputs();
                    Tensor turned = Elements.of(SHAPE, at -> x.get(at[0], 2 - at[1], at[2]));
                    Parameters parameters = layer.init(1, SHAPE);
                    Tensor f = layer.apply(parameters, x);
                    Tensor g = layer.apply(parameters, turned);
                    Tensor expected =
                            Elements.of(f.shape(), at -> f.get(at[0], 2 - at[1], at[2]))) {
                Elements.assertClose(expected, g, 1e-14, scores.name());
            }
        }
    }

    @Test
    void everyParameterIsDrawnOnItsOwn() {
        Network layer =
                globalSelfAttention(2, 2, 2, 2)
                        .linearScaling(false)
                        .biasStd(0.3)
                        .positions(PositionalEmbedding.sum());
        try (Parameters parameters = layer.init(1, SHAPE)) {
            List<Double> firsts = parameters.arrays().map(array -> array.toArray()[0]).toList();
            assertEquals(6, firsts.size());
            assertEquals(6, firsts.stream().distinct().count());
            assertEquals(8 + 8 + 8 + 8 + 2 + 6, layer.parameterCount(SHAPE));
        }
    }
}
