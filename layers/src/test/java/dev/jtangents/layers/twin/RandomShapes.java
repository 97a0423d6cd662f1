package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Window.Padding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Random layers without weights that move, choose and mix positions. */
final class RandomShapes {
    private RandomShapes() {}

    static boolean pool(Draft draft, String name) {
        if (draft.rank() == 0) {
            return false;
        }
        Padding[] paddings = Padding.values();
        Padding padding = paddings[draft.random.nextInt(paddings.length)];
        int[] shape = new int[draft.rank()];
        Arrays.setAll(shape, axis -> draft.random.nextInt(1, 4));
        int[] strides = new int[draft.rank()];
        Arrays.setAll(strides, axis -> draft.random.nextInt(1, 3));
        var window = new Window(shape, strides, padding);
        if (!draft.become(window.output(new Grid(draft.extents)).extents())) {
            return false;
        }
        List<Object> arguments =
                new ArrayList<>(
                        List.of(
                                "window_shape",
                                shape,
                                "strides",
                                strides,
                                "padding",
                                padding.name()));
        if (name.equals("AvgPool") && padding == Padding.SAME) {
            arguments.addAll(List.of("normalize_edges", draft.random.nextBoolean()));
        }
        draft.add(name, arguments);
        return true;
    }

    static boolean index(Draft draft) {
        if (draft.rank() == 0) {
            return false;
        }
        int axis = draft.random.nextInt(draft.rank());
        int extent = draft.extents[axis];
        String[] texts = draft.everyAxis(":");
        switch (draft.random.nextInt(4)) {
            case 0 -> {
                texts[draft.arrayAxis(axis)] = "-1";
                draft.extents = without(draft.extents, axis);
            }
            case 1 -> texts[draft.arrayAxis(axis)] = "::-1";
            case 2 -> {
                texts[draft.arrayAxis(axis)] = "::2";
                draft.extents = with(draft.extents, axis, Math.ceilDiv(extent, 2));
            }
            default -> {
                if (extent == 1) {
                    return false;
                }
                texts[draft.arrayAxis(axis)] = "1:";
                draft.extents = with(draft.extents, axis, extent - 1);
            }
        }
        draft.add("Index", List.of("idx", String.join(", ", texts)));
        return true;
    }

    static boolean resize(Draft draft) {
        if (draft.rank() == 0) {
            return false;
        }
        int axis = draft.random.nextInt(draft.rank());
        int extent = draft.random.nextInt(1, 6);
        if (!draft.become(with(draft.extents, axis, extent))) {
            return false;
        }
        int[] shape = new int[draft.rank() + 2];
        Arrays.fill(shape, -1);
        shape[draft.arrayAxis(axis)] = extent;
        // Rounding decides whether an interpolation just sees a masked neighbour.
        String[] methods = {"nearest", "linear", "cubic", "lanczos3", "lanczos5"};
        String method = draft.masked ? "nearest" : methods[draft.random.nextInt(methods.length)];
        draft.add(
                "ImageResize",
                List.of("shape", shape, "method", method, "antialias", draft.random.nextBoolean()));
        return true;
    }

    /** A spatial axis is contracted with a vector, or everything is scaled. */
    static boolean contraction(Draft draft) {
        String side = draft.random.nextBoolean() ? "lhs" : "rhs";
        if (draft.rank() == 0 || draft.random.nextBoolean()) {
            draft.add("DotGeneral", List.of(side, draft.number(-1.5, 1.5)));
            return true;
        }
        int axis = draft.random.nextInt(draft.rank());
        int[] arrays = {draft.arrayAxis(axis)};
        int[] vectors = {0};
        List<int[]> contracted =
                side.equals("lhs") ? List.of(vectors, arrays) : List.of(arrays, vectors);
        draft.add(
                "DotGeneral",
                List.of(
                        side,
                        vector(draft, draft.extents[axis]),
                        "dimension_numbers",
                        List.of(contracted, List.of(new int[0], new int[0]))));
        draft.extents = without(draft.extents, axis);
        return true;
    }

    private static Array vector(Draft draft, int... extents) {
        double[] data = new double[new Grid(extents).size()];
        Arrays.setAll(data, k -> draft.number(-1, 1));
        return new Array(data, IntStream.of(extents).asLongStream().toArray());
    }

    /** The first spatial axis becomes a last one, behind the channels, which Dense then finds. */
    static void contractedMap(Draft draft) {
        int extent = draft.random.nextInt(1, 4);
        int channelAxis = draft.channelAxis() - 1;
        draft.add(
                LayerText.of(
                        "DotGeneral",
                        "rhs",
                        vector(draft, draft.extents[0], extent),
                        "dimension_numbers",
                        List.of(
                                List.of(new int[] {draft.arrayAxis(0)}, new int[] {0}),
                                List.of(new int[0], new int[0]))));
        draft.add(LayerText.of("Dense", "out_dim", 2, "channel_axis", channelAxis));
        draft.add(
                draft.random.nextBoolean()
                        ? LayerText.of("GlobalAvgPool", "channel_axis", channelAxis)
                        : "\"Flatten\"");
    }

    static boolean aggregate(Draft draft) {
        if (draft.rank() == 0 || draft.graph != null || draft.concatenatedExamples) {
            return false;
        }
        boolean one = draft.random.nextBoolean();
        int axis = draft.random.nextInt(draft.rank());
        int[] vertices = one ? new int[] {draft.extents[axis]} : draft.extents;
        boolean sparse = draft.random.nextBoolean();
        draft.graph = new RandomGraph(vertices, sparse);
        List<Object> arguments =
                new ArrayList<>(List.of("implementation", sparse ? "SPARSE" : "DENSE"));
        if (one) {
            arguments.addAll(List.of("aggregate_axis", new int[] {draft.arrayAxis(axis)}));
        }
        draft.add("Aggregate", arguments);
        return true;
    }

    private static int[] with(int[] extents, int axis, int extent) {
        int[] result = extents.clone();
        result[axis] = extent;
        return result;
    }

    private static int[] without(int[] extents, int axis) {
        return IntStream.range(0, extents.length)
                .filter(other -> other != axis)
                .map(other -> extents[other])
                .toArray();
    }
}
