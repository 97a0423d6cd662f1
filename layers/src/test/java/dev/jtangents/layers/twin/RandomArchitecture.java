package dev.jtangents.layers.twin;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A random model that the reference would accept, small enough for the twin, and inputs to it. */
public record RandomArchitecture(String json, Inputs inputs) {
    private static final int[][][] EXTENTS = {
        {{}},
        {{1}, {2}, {5}, {7}, {12}},
        {{1, 3}, {2, 2}, {3, 4}, {4, 3}, {5, 4}, {4, 4}},
        {{2, 2, 2}, {1, 2, 3}, {2, 3, 2}, {3, 2, 3}}
    };

    public static RandomArchitecture of(long seed) {
        var random = new SplittableRandom(seed);
        int[][] choices = EXTENTS[random.nextInt(EXTENTS.length)];
        int[] extents = choices[random.nextInt(choices.length)];
        boolean masked = extents.length > 0 && random.nextInt(6) == 0;
        // With one channel all examples would be collinear.
        int channels = random.nextInt(2, 5);
        var draft =
                new Draft(
                        random,
                        extents.length > 0 && random.nextInt(5) == 0,
                        masked,
                        extents,
                        channels);
        boolean twoInputs = random.nextInt(12) == 0;
        boolean twoOutputs = twoInputs && random.nextBoolean();
        if (twoInputs) {
            join(draft, twoOutputs);
        }
        if (masked && !twoInputs) {
            // The reference refuses masks of single channels but at weights.
            RandomWeights.straight(draft, 1, 2);
        }
        if (!twoOutputs) {
            int steps = random.nextInt(2, 8);
            for (int step = 0; step < steps; step++) {
                RandomLayers.grow(draft);
            }
            finish(draft);
        }
        return new RandomArchitecture(
                twoOutputs ? draft.layers.getFirst() : draft.text(),
                inputs(draft, extents, channels, twoInputs ? 2 : 1));
    }

    public List<Array> x1() {
        return inputs.x1();
    }

    public List<Array> x2() {
        return inputs.x2();
    }

    public boolean hasX2() {
        return inputs.hasX2();
    }

    public @Nullable Double maskConstant() {
        return inputs.maskConstant();
    }

    /** Both inputs go their own ways, with weights, and stay apart or are added. */
    private static void join(Draft draft, boolean apart) {
        List<String> ways = new ArrayList<>();
        for (int way = 0; way < 2; way++) {
            Draft branch = draft.branch();
            RandomWeights.straight(branch, 1, 2);
            RandomLayers.activation(branch);
            RandomWeights.dense(branch, 2);
            ways.add(branch.text());
        }
        draft.add(LayerText.parallel(ways));
        if (!apart) {
            draft.add("\"FanInSum\"");
        }
        draft.channels = 2;
        draft.gaussian = true;
        draft.weighted = true;
    }

    private static void finish(Draft draft) {
        switch (draft.random.nextInt(6)) {
            case 0 -> {
                draft.add("\"Flatten\"");
                draft.gaussian = false;
            }
            case 1 -> draft.add("GlobalAvgPool", List.of());
            case 2 -> draft.add("GlobalSumPool", List.of());
            case 3 -> {
                if (draft.rank() > 0 && !draft.channelsFirst) {
                    RandomShapes.contractedMap(draft);
                }
                return;
            }
            default -> {
                // All positions stay, and Dense would find channels elsewhere.
                return;
            }
        }
        if (draft.random.nextBoolean()) {
            draft.add(LayerText.of("Dense", "out_dim", 3, "b_std", 0.1));
            RandomLayers.activation(draft);
            draft.add(LayerText.of("Dense", "out_dim", 1, "W_std", 1.2));
        }
    }

    private static Inputs inputs(Draft draft, int[] extents, int channels, int count) {
        SplittableRandom random = draft.random;
        int first = random.nextInt(1, 4);
        int second = random.nextInt(3);
        Double maskConstant = draft.masked ? (random.nextBoolean() ? 10.0 : Double.NaN) : null;
        List<Array> x1 = new ArrayList<>();
        List<Array> x2 = new ArrayList<>();
        for (int input = 0; input < count; input++) {
            x1.add(batch(draft, first, extents, channels, maskConstant));
            if (second > 0) {
                x2.add(batch(draft, second, extents, channels, maskConstant));
            }
        }
        List<Array> patterns =
                draft.graph == null ? List.of() : draft.graph.patterns(first, second, random);
        return new Inputs(x1, x2, maskConstant, patterns);
    }

    /** Examples, of which each may have a last part of its first spatial axis masked. */
    private static Array batch(
            Draft draft, int examples, int[] extents, int channels, @Nullable Double maskConstant) {
        IntStream spatial = IntStream.of(extents);
        IntStream ofExample =
                draft.channelsFirst
                        ? IntStream.concat(IntStream.of(channels), spatial)
                        : IntStream.concat(spatial, IntStream.of(channels));
        Grid grid = new Grid(IntStream.concat(IntStream.of(examples), ofExample).toArray());
        double[] data = new double[grid.size()];
        int[] lengths = new int[examples];
        for (int example = 0; example < examples; example++) {
            lengths[example] = extents.length == 0 ? 0 : 1 + draft.random.nextInt(extents[0]);
        }
        int axis = draft.channelsFirst ? 2 : 1;
        for (int k = 0; k < data.length; k++) {
            int[] coordinates = grid.coordinates(k);
            data[k] =
                    maskConstant != null && coordinates[axis] >= lengths[coordinates[0]]
                            ? maskConstant
                            : draft.random.nextGaussian();
        }
        return new Array(data, IntStream.of(grid.extents()).asLongStream().toArray());
    }
}
