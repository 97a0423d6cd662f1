package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SpatialWindow;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.Shape;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * A convolution of activations of one shape: what windows see, times a matrix of weights. A
 * transposed one multiplies first, and windows collect the products.
 *
 * <p>Parameters lie as the dimension numbers say. The filter of a ConvLocal has the positions of
 * the output as its spatial axes and (channels, places of the window) as its axis I.
 *
 * @param window over the input, with axes in the order of the input's
 * @param input the sizes of the spatial axes
 */
record FiniteConvolution(
        Conv.Kind kind,
        DimensionNumbers dimensions,
        SpatialWindow window,
        Extents input,
        long channelsIn,
        long channelsOut) {
    private static final List<String> CHANNELS = List.of("I", "O");
    private static final String PLACE = "place along ";

    /** The number of inputs of each output. */
    long fanIn() {
        return channelsIn * window.positions();
    }

    Shape weightShape() {
        return kind == Conv.Kind.LOCAL
                ? dimensions.filterShape(window.output(), fanIn(), channelsOut)
                : dimensions.filterShape(new Extents(window.size()), channelsIn, channelsOut);
    }

    Shape biasShape() {
        Extents everywhere = new Extents(Collections.nCopies(input.rank(), 1));
        return dimensions.outputShape(
                1, kind == Conv.Kind.LOCAL ? window.output() : everywhere, channelsOut);
    }

    /**
     * The product with the weights, without the bias.
     *
     * @param rows an example of the input as (positions, channels)
     * @param weights of {@link #weightShape()}
     * @return an example of the output
     */
    Value append(FiniteBuilder program, Value rows, Value weights, double factor) {
        Value product =
                switch (kind) {
                    case SHARED -> shared(program, rows, weights, factor);
                    case TRANSPOSED -> transposed(program, rows, weights, factor);
                    case LOCAL -> local(program, rows, weights, factor);
                };
        List<String> axes = joined(spatial(), List.of("C"));
        Value apart = program.reshape(product, shape(axes));
        return permuted(program, apart, axes, dimensions.exampleLetters());
    }

    private Value shared(FiniteBuilder program, Value rows, Value weights, double factor) {
        Value windows = windows(program, rows, window.output().positions(), fanIn());
        List<String> order = joined(spatial(), CHANNELS);
        Value filter = permuted(program, weights, dimensions.filterLetters(), order);
        Value matrix = program.reshape(filter, Shape.of(fanIn(), channelsOut));
        return program.product(windows, matrix, false, factor);
    }

    private Value local(FiniteBuilder program, Value rows, Value weights, double factor) {
        long positions = window.output().positions();
        Value windows = windows(program, rows, positions, 1, fanIn());
        List<String> axes = dimensions.filterLetters().stream().flatMap(this::apart).toList();
        List<String> places = spatial().stream().map(PLACE::concat).toList();
        Value apart = program.reshape(weights, shape(axes));
        Value filter = permuted(program, apart, axes, joined(spatial(), places, CHANNELS));
        Value matrices = program.reshape(filter, Shape.of(positions, fanIn(), channelsOut));
        return program.product(windows, matrices, false, factor);
    }

    /** An axis of a ConvLocal's filter, or the axes that it is made of. */
    private Stream<String> apart(String letter) {
        if (!letter.equals("I")) {
            return Stream.of(letter);
        }
        Stream<String> places =
                dimensions.filterLetters().stream()
                        .filter(other -> !CHANNELS.contains(other))
                        .map(PLACE::concat);
        return Stream.concat(Stream.of(letter), places);
    }

    private Value windows(FiniteBuilder program, Value rows, long... shape) {
        Value seen = program.along(rows, 0, WindowMaps.windows(window, input));
        return program.reshape(seen, Shape.of(shape));
    }

    private Value transposed(FiniteBuilder program, Value rows, Value weights, double factor) {
        long places = window.positions();
        List<String> order = joined(List.of("I"), spatial(), List.of("O"));
        Value filter = permuted(program, weights, dimensions.filterLetters(), order);
        Value matrix = program.reshape(filter, Shape.of(channelsIn, places * channelsOut));
        Value product = program.product(rows, matrix, false, factor);
        Value sent = program.reshape(product, Shape.of(input.positions() * places, channelsOut));
        return program.along(sent, 0, WindowMaps.collected(window, input));
    }

    private List<String> spatial() {
        return dimensions.spatialLetters();
    }

    @SafeVarargs
    private static List<String> joined(List<String>... axes) {
        return Stream.of(axes).flatMap(List::stream).toList();
    }

    private Shape shape(List<String> axes) {
        return Shape.of(axes.stream().mapToLong(this::size).toArray());
    }

    private long size(String axis) {
        int along = spatial().indexOf(axis);
        int across =
                axis.startsWith(PLACE) ? spatial().indexOf(axis.substring(PLACE.length())) : -1;
        if (along >= 0) {
            return window.output().size(along);
        }
        if (across >= 0) {
            return window.size().get(across);
        }
        return axis.equals("I") ? channelsIn : channelsOut;
    }

    private static Value permuted(
            FiniteBuilder program, Value x, List<String> axes, List<String> order) {
        return program.permute(x, order.stream().mapToInt(axes::indexOf).toArray());
    }
}
