package dev.jtangents.layers.twin;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A random network as far as it has grown: its layers, and what is known of their outputs. */
final class Draft {
    static final int MOST_POSITIONS = 24;

    final SplittableRandom random;
    final boolean channelsFirst;
    final boolean masked;
    final List<String> layers = new ArrayList<>();

    int[] extents;
    int channels;
    boolean gaussian;

    /** Whether there are weights so far. */
    boolean weighted;

    /** Whether variances may still be raised to a power. */
    boolean mayGrow = true;

    /** Whether there are other examples than those of the inputs. */
    boolean concatenatedExamples;

    @Nullable RandomGraph graph;

    Draft(
            SplittableRandom random,
            boolean channelsFirst,
            boolean masked,
            int[] extents,
            int channels) {
        this.random = random;
        this.channelsFirst = channelsFirst;
        this.masked = masked;
        this.extents = extents;
        this.channels = channels;
    }

    /** A branch that starts from here. */
    Draft branch() {
        var branch = new Draft(random, channelsFirst, masked, extents, channels);
        branch.gaussian = gaussian;
        branch.weighted = weighted;
        branch.mayGrow = false;
        return branch;
    }

    int rank() {
        return extents.length;
    }

    int positions() {
        return new Grid(extents).size();
    }

    int channelAxis() {
        return channelsFirst ? 1 : rank() + 1;
    }

    /** The axis of the arrays that a spatial axis is. */
    int arrayAxis(int spatial) {
        return channelsFirst ? spatial + 2 : spatial + 1;
    }

    /** One text for every axis of the arrays. */
    String[] everyAxis(String text) {
        String[] texts = new String[rank() + 2];
        Arrays.fill(texts, text);
        return texts;
    }

    double number(double from, double to) {
        return RandomActivation.number(random, from, to);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    void add(String layer) {
        layers.add(layer);
    }

    /** A layer that is told the axes, where they are not the default. */
    void add(String name, List<? extends @Nullable Object> arguments) {
        List<@Nullable Object> all = new ArrayList<>(arguments);
        if (channelsFirst) {
            all.addAll(List.of("channel_axis", 1));
        }
        layers.add(LayerText.of(name, all.toArray()));
    }

    /** Outputs of other extents, if there are not too many of them. */
    boolean become(int... others) {
        int size = new Grid(others).size();
        if (size < 1 || size > MOST_POSITIONS) {
            return false;
        }
        extents = others;
        return true;
    }

    String text() {
        return LayerText.serial(layers);
    }
}
