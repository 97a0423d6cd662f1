package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SpatialWindow;
import dev.jtangents.tensor.InputException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A window as a layer's arguments give it: its size and stride along each axis, and what it sees
 * over the edges. Over activations of known extents it becomes a {@link SpatialWindow}.
 */
record SlidingWindow(List<Integer> size, List<Integer> strides, Padding padding) {
    /** Where a window lies along one axis: how many positions, and how far before the first. */
    private record Span(long output, long before) {}

    SlidingWindow {
        size = List.copyOf(size);
        strides = List.copyOf(strides);
    }

    /** A window that moves by one position and stays inside. */
    static SlidingWindow of(int... size) {
        return of(Arrays.stream(size).boxed().toList());
    }

    private static SlidingWindow of(List<Integer> size) {
        return new SlidingWindow(size, Collections.nCopies(size.size(), 1), Padding.VALID);
    }

    /**
     * The window that a model file gives.
     *
     * @param sizeName what the layer calls its size
     */
    static SlidingWindow of(Arguments arguments, String sizeName) {
        SlidingWindow usual = of(arguments.integers(sizeName));
        List<Integer> strides = arguments.optionalIntegers("strides");
        return new SlidingWindow(
                usual.size,
                strides == null ? usual.strides : strides,
                arguments.choice("padding", Padding.class, usual.padding));
    }

    LayerText.Leaf describedIn(LayerText.Leaf text, String sizeName) {
        SlidingWindow usual = of(size);
        return text.with(sizeName, size, null)
                .with("strides", strides, usual.strides)
                .with("padding", padding.label(), usual.padding.label());
    }

    /**
     * Refuses a size or strides that are none.
     *
     * @param sizeName what the layer calls its size
     * @return this window
     */
    SlidingWindow checked(String layer, String sizeName) {
        positive(layer, sizeName, size);
        positive(layer, "strides", strides);
        if (size.size() != strides.size()) {
            throw new InputException(
                    layer
                            + " has strides "
                            + strides
                            + " for "
                            + sizeName
                            + " "
                            + size
                            + ": one for each axis is needed.");
        }
        if (product(size) > Integer.MAX_VALUE) {
            throw new InputException(
                    layer
                            + " has "
                            + sizeName
                            + " "
                            + size
                            + ", more positions than can be counted.");
        }
        return this;
    }

    private static void positive(String layer, String name, List<Integer> values) {
        if (values.stream().anyMatch(value -> value < 1)) {
            throw new InputException(
                    layer + " has " + name + " " + values + "; at least 1 is needed on each axis.");
        }
    }

    private static double product(List<Integer> sizes) {
        return sizes.stream().mapToDouble(Integer::doubleValue).reduce(1, (a, b) -> a * b);
    }

    /** The number of axes. */
    int rank() {
        return size.size();
    }

    /** The number of positions in the window. */
    int positions() {
        return size.stream().reduce(1, Math::multiplyExact);
    }

    SlidingWindow withStrides(int... value) {
        return new SlidingWindow(size, Arrays.stream(value).boxed().toList(), padding);
    }

    SlidingWindow withPadding(Padding value) {
        return new SlidingWindow(size, strides, value);
    }

    /** The window with its axes in another order: axis k is axis {@code axes[k]} of this one. */
    SlidingWindow permuted(List<Integer> axes) {
        return new SlidingWindow(
                axes.stream().map(size::get).toList(),
                axes.stream().map(strides::get).toList(),
                padding);
    }

    /**
     * The window over activations.
     *
     * @throws InputException when it has other axes, or nowhere fits
     */
    SpatialWindow over(String layer, Extents input) {
        requireRank(layer, input);
        List<Span> spans = new ArrayList<>();
        for (int axis = 0; axis < rank(); axis++) {
            Span span = span(input.size(axis), size.get(axis), strides.get(axis));
            if (span.output < 1) {
                throw new InputException(
                        layer
                                + " has a window of "
                                + text(size)
                                + ", larger than its input of "
                                + input
                                + ", so that with padding VALID nothing is left: take a smaller"
                                + " window or padding SAME.");
            }
            spans.add(span);
        }
        return placed(layer, spans, false);
    }

    /**
     * The window from each position of the input to those of the output that see it.
     *
     * @throws InputException when it has other axes, or the output is too large
     */
    SpatialWindow transposedOver(String layer, Extents input) {
        requireRank(layer, input);
        List<Span> spans = new ArrayList<>();
        for (int axis = 0; axis < rank(); axis++) {
            spans.add(transposedSpan(input.size(axis), size.get(axis), strides.get(axis)));
        }
        return placed(layer, spans, true);
    }

    private Span span(long input, long size, long stride) {
        if (padding == Padding.VALID) {
            return new Span(input < size ? 0 : (input - size) / stride + 1, 0);
        }
        long output = (input - 1) / stride + 1;
        long overhang = Math.max((output - 1) * stride + size - input, 0);
        return new Span(output, overhang / 2);
    }

    /**
     * Input position i is seen by outputs i stride to i stride + size - 1. VALID keeps them all;
     * the others keep stride outputs for each input. What is beyond, its larger half at the end,
     * SAME cuts off and CIRCULAR folds onto the other end.
     */
    private Span transposedSpan(long input, long size, long stride) {
        long output = input * stride;
        long beyond = Math.max(size - stride, 0);
        return padding == Padding.VALID
                ? new Span(output + beyond, 0)
                : new Span(output, beyond / 2);
    }

    private SpatialWindow placed(String layer, List<Span> spans, boolean transposed) {
        double positions = spans.stream().mapToDouble(Span::output).reduce(1, (a, b) -> a * b);
        if (positions > Integer.MAX_VALUE) {
            throw new InputException(
                    layer
                            + " has an output of "
                            + spans.stream().map(Span::output).toList()
                            + " positions, more than can be computed.");
        }
        var output = new Extents(spans.stream().map(span -> (int) span.output).toList());
        List<Integer> before = spans.stream().map(span -> (int) span.before).toList();
        boolean circular = padding == Padding.CIRCULAR;
        return new SpatialWindow(size, strides, before, output, circular, transposed);
    }

    private void requireRank(String layer, Extents input) {
        if (input.rank() != rank()) {
            throw new InputException(
                    layer
                            + " has a window of "
                            + rank()
                            + " axes, but its input has "
                            + input.rank()
                            + " spatial axes: give the window one size for each.");
        }
    }

    private static String text(List<Integer> sizes) {
        return new Extents(sizes).toString();
    }
}
