package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Window.Padding;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Random layers with weights. */
final class RandomWeights {
    private RandomWeights() {}

    static boolean dense(Draft draft, int width) {
        List<@Nullable Object> arguments = affine(draft);
        arguments.addAll(List.of("out_dim", width));
        draft.add("Dense", arguments);
        return weighted(draft, width);
    }

    static boolean convolution(Draft draft, String name, int width) {
        Padding[] paddings = Padding.values();
        int[] ones = filled(draft, 1);
        int[] strides = draft.chance(0.3) ? filled(draft, 2) : ones;
        Padding padding = paddings[draft.random.nextInt(paddings.length)];
        // The reference permutes masks otherwise than arrays.
        String output = draft.masked ? letters(draft) : shuffled(draft, letters(draft));
        return convolution(draft, name, new Kind(padding, strides, output), width);
    }

    /** A convolution that leaves the extents, or divides them by a stride. */
    static boolean straight(Draft draft, int stride, int width) {
        Padding padding = draft.random.nextBoolean() ? Padding.SAME : Padding.CIRCULAR;
        int[] strides = filled(draft, stride);
        String letters = letters(draft);
        return convolution(draft, "Conv", new Kind(padding, strides, letters), width);
    }

    /** What a convolution pads with, its strides, and its outputs' spatial axes in their order. */
    private record Kind(Padding padding, int[] strides, String output) {}

    private static boolean convolution(Draft draft, String name, Kind kind, int width) {
        int[] filter = new int[draft.rank()];
        Arrays.setAll(filter, axis -> draft.random.nextInt(1, 4));
        Grid input = new Grid(draft.extents);
        Grid output =
                name.equals("ConvTranspose")
                        ? new TransposedWindow(filter, kind.strides, kind.padding).output(input)
                        : new Window(filter, kind.strides, kind.padding).output(input);
        String letters = letters(draft);
        String ofFilter = shuffled(draft, letters);
        int[] order = kind.output.chars().map(letters::indexOf).toArray();
        if (!draft.become(output.permuted(order).extents())) {
            return false;
        }
        int[] filterOrder = ofFilter.chars().map(letters::indexOf).toArray();
        List<@Nullable Object> arguments = affine(draft);
        arguments.addAll(
                Arrays.asList(
                        "out_chan",
                        width,
                        "filter_shape",
                        new Grid(filter).permuted(filterOrder).extents(),
                        "strides",
                        new Grid(kind.strides).permuted(filterOrder).extents(),
                        "padding",
                        kind.padding.name(),
                        "dimension_numbers",
                        List.of(
                                arrayAxes(draft, letters),
                                ofFilter + "IO",
                                arrayAxes(draft, kind.output))));
        draft.add(LayerText.of(name, arguments.toArray()));
        return weighted(draft, width);
    }

    private static String letters(Draft draft) {
        return "XYZ".substring(0, draft.rank());
    }

    private static String arrayAxes(Draft draft, String spatial) {
        return draft.channelsFirst ? "NC" + spatial : "N" + spatial + "C";
    }

    private static String shuffled(Draft draft, String letters) {
        return draft.chance(0.8) ? letters : new StringBuilder(letters).reverse().toString();
    }

    static boolean attention(Draft draft, int width) {
        if (draft.rank() == 0) {
            return false;
        }
        String[] mechanisms = {"SOFTMAX", "IDENTITY", "ABS", "RELU"};
        String mechanism = draft.mayGrow ? mechanisms[draft.random.nextInt(4)] : "SOFTMAX";
        draft.mayGrow &= mechanism.equals("SOFTMAX");
        String[] embeddings = {"NONE", "SUM", "CONCAT"};
        String embedding = embeddings[draft.random.nextInt(3)];
        draft.add(
                "GlobalSelfAttention",
                Arrays.asList(
                        "n_chan_out",
                        width,
                        "n_chan_key",
                        2,
                        "n_chan_val",
                        2,
                        "n_heads",
                        2,
                        "linear_scaling",
                        !mechanism.equals("IDENTITY") || draft.random.nextBoolean(),
                        "W_query_std",
                        draft.number(0.5, 1),
                        "W_value_std",
                        draft.number(0.5, 1.2),
                        "b_std",
                        bias(draft),
                        "attention_mechanism",
                        mechanism,
                        "pos_emb_type",
                        embedding,
                        "W_pos_emb_std",
                        draft.number(0.5, 1),
                        "n_chan_pos_emb",
                        embedding.equals("CONCAT") && draft.random.nextBoolean() ? 2 : null,
                        "val_pos_emb",
                        draft.random.nextBoolean()));
        return weighted(draft, width);
    }

    /** A stack that leaves everything known of a network as it was. */
    static boolean repeat(Draft draft) {
        if (!draft.gaussian) {
            return false;
        }
        Draft body = draft.branch();
        body.add(RandomActivation.of(draft.random, false).text());
        dense(body, draft.channels);
        draft.add(LayerText.repeat(body.text(), draft.random.nextInt(4)));
        return true;
    }

    private static List<@Nullable Object> affine(Draft draft) {
        return new ArrayList<>(
                Arrays.asList(
                        "W_std",
                        draft.number(0.6, 1.4),
                        "b_std",
                        bias(draft),
                        "parameterization",
                        draft.chance(0.2) ? "standard" : "ntk"));
    }

    private static @Nullable Double bias(Draft draft) {
        return draft.random.nextBoolean() ? draft.number(0, 0.5) : null;
    }

    private static int[] filled(Draft draft, int value) {
        return Collections.nCopies(draft.rank(), value).stream().mapToInt(v -> v).toArray();
    }

    private static boolean weighted(Draft draft, int width) {
        draft.channels = width;
        draft.gaussian = true;
        draft.weighted = true;
        return true;
    }
}
