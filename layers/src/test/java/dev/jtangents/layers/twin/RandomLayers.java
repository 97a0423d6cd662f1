package dev.jtangents.layers.twin;

import java.util.List;
import java.util.stream.IntStream;

/** One more random layer, of those that a network can have next. */
final class RandomLayers {
    private static final int KINDS = 17;

    private RandomLayers() {}

    static void grow(Draft draft) {
        if (draft.gaussian && draft.chance(0.4)) {
            activation(draft);
            return;
        }
        boolean grown = false;
        while (!grown) {
            grown = attempt(draft, draft.random.nextInt(KINDS));
        }
    }

    static void activation(Draft draft) {
        RandomActivation activation = RandomActivation.of(draft.random, draft.mayGrow);
        draft.add(activation.text());
        draft.mayGrow &= !activation.growing();
        draft.gaussian = false;
    }

    private static boolean attempt(Draft draft, int kind) {
        int width = draft.random.nextInt(1, 4);
        return switch (kind) {
            case 0 -> RandomWeights.dense(draft, width);
            case 1, 2 -> RandomWeights.convolution(draft, "Conv", width);
            case 3 -> RandomWeights.convolution(draft, "ConvTranspose", width);
            case 4 -> RandomWeights.convolution(draft, "ConvLocal", width);
            case 5 -> RandomWeights.attention(draft, width);
            case 6 -> RandomWeights.repeat(draft);
            case 7 -> RandomShapes.pool(draft, draft.mayGrow ? "SumPool" : "AvgPool");
            case 8 -> RandomShapes.index(draft);
            case 9 -> RandomShapes.resize(draft);
            case 10 -> RandomShapes.contraction(draft);
            case 11 -> RandomShapes.aggregate(draft);
            case 12 -> RandomBranches.sum(draft);
            case 13 -> RandomBranches.product(draft);
            case 14 -> RandomBranches.concatenation(draft);
            case 15 -> layerNorm(draft);
            default -> dropout(draft);
        };
    }

    private static boolean layerNorm(Draft draft) {
        if (!draft.gaussian) {
            return false;
        }
        int[] axes =
                IntStream.concat(
                                IntStream.of(draft.channelAxis()),
                                IntStream.range(0, draft.rank())
                                        .filter(axis -> draft.random.nextBoolean())
                                        .map(draft::arrayAxis))
                        .toArray();
        draft.add("LayerNorm", List.of("axis", axes));
        return true;
    }

    private static boolean dropout(Draft draft) {
        if (!draft.weighted) {
            return false;
        }
        boolean train = draft.random.nextBoolean();
        draft.add(
                LayerText.of(
                        "Dropout", "rate", draft.number(0.5, 1), "mode", train ? "train" : "test"));
        draft.gaussian &= !train;
        return true;
    }
}
