package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Covariances;

import java.util.List;

/** Layers with weights that see a window: Dense has one of a single tap. */
final class Convolutions {
    private Convolutions() {}

    static Layer dense(Arguments arguments) {
        Affine affine = Affine.of(arguments);
        return input ->
                affine.apply(
                        input,
                        input.layout()
                                .withChannels(affine.channels(arguments.integer("out_dim", 1))),
                        List.<double[][]>of(Matrices.identity(input.layout().elements())),
                        true,
                        input.masked());
    }

    static Layer convolution(Arguments arguments, boolean shared) {
        int[] shape = arguments.integers("filter_shape");
        DimensionNumbers axes = DimensionNumbers.of(arguments, shape.length);
        Window window = Window.of(shape, arguments).permuted(axes.inputToFilter());
        return input -> {
            Grid grid = input.layout().grid();
            boolean[] masked =
                    Masks.allSources(everyExample(window.centres(grid), input), input.masked());
            return filtered(
                    input, arguments, window.output(grid), window.taps(grid), shared, masked);
        };
    }

    static Layer transposed(Arguments arguments) {
        int[] shape = arguments.integers("filter_shape");
        DimensionNumbers axes = DimensionNumbers.of(arguments, shape.length);
        Window straight = Window.of(shape, arguments).permuted(axes.inputToFilter());
        var window = new TransposedWindow(straight.shape(), straight.strides(), straight.padding());
        return input -> {
            Grid grid = input.layout().grid();
            Grid output = window.output(grid);
            boolean[] masked = new boolean[input.layout().examples() * output.size()];
            for (double[][] tap : window.forMasks().taps(grid)) {
                boolean[] reached = Masks.anySource(everyExample(tap, input), input.masked());
                for (int element = 0; element < masked.length; element++) {
                    masked[element] |= reached[element];
                }
            }
            return filtered(input, arguments, output, window.taps(grid), true, masked);
        };
    }

    private static double[][] everyExample(double[][] positions, Covariances input) {
        Layout layout = input.layout();
        return Matrices.everyExample(positions, layout.grid().size(), layout.examples());
    }

    private static Covariances filtered(
            Covariances input,
            Arguments arguments,
            Grid output,
            List<double[][]> taps,
            boolean shared,
            boolean[] masked) {
        DimensionNumbers axes = DimensionNumbers.of(arguments, output.rank());
        Affine affine = Affine.of(arguments);
        Layout layout =
                input.layout()
                        .withGrid(output)
                        .withChannels(affine.channels(arguments.integer("out_chan", 1)))
                        .withAxes(axes.output().indexOf('N'), axes.output().indexOf('C'));
        List<double[][]> everywhere = taps.stream().map(tap -> everyExample(tap, input)).toList();
        int[] order = axes.outputToInput();
        return affine.apply(input, layout, everywhere, shared, masked)
                .mappedPositions(output.permutation(order), output.permuted(order));
    }
}
