package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.SpatialWindow;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.Optional;

/**
 * The greatest activation in a window that slides over the spatial axes; what the window sees over
 * the edges with {@link Padding#SAME} does not count. Of equal ones the derivative is that of the
 * first, axis by axis. For finite networks only.
 */
public final class MaxPool extends FiniteOnly {
    static final LayerType TYPE =
            new LayerType(
                    "MaxPool",
                    List.of("window_shape", "strides", "padding", "batch_axis", "channel_axis"),
                    arguments -> {
                        SlidingWindow window = SlidingWindow.of(arguments, "window_shape");
                        InputAxes axes = InputAxes.of(arguments);
                        return arguments.located(() -> new MaxPool(window, axes));
                    });

    private final SlidingWindow window;
    private final InputAxes axes;

    private MaxPool(SlidingWindow window, InputAxes axes) {
        this.window = window.checked("MaxPool", "window_shape");
        this.axes = axes;
    }

    static MaxPool of(int... windowShape) {
        return new MaxPool(SlidingWindow.of(windowShape), InputAxes.DEFAULT);
    }

    /** The same layer with other strides, one for each axis of the window; 1 by default. */
    public MaxPool strides(int... value) {
        return new MaxPool(window.withStrides(value), axes);
    }

    /** The same layer with another padding; {@link Padding#VALID} by default. */
    public MaxPool padding(Padding value) {
        return new MaxPool(window.withPadding(value), axes);
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public MaxPool axes(int batchAxis, int channelAxis) {
        return new MaxPool(window, new InputAxes(batchAxis, channelAxis));
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        Extents output = window.over("MaxPool", axes.spatialIn(input)).output();
        return axes.withSpatial(input, output);
    }

    @Override
    String alternative() {
        return "take AvgPool";
    }

    /** Nothing is masked of activations that the layer takes. */
    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        Extents output = axes.spatialIn(outputShapeOf(input));
        return Mask.none(mask.examples(), output.positions());
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        requireUnmasked(x);
        Extents input = axes.spatialIn(x.shape());
        SpatialWindow over = window.over("MaxPool", input);
        List<Integer> spatial = x.spatialAxes(axes.channelIn(x.shape()));
        List<SparseMatrix> seen = PoolingMatrix.alongAxes(over, input, PoolingMatrix.Weight.SUM);
        Value pooled = x.value();
        for (int axis = 0; axis < seen.size(); axis++) {
            pooled = network.program().greatest(pooled, spatial.get(axis), seen.get(axis));
        }
        return x.with(pooled, outputShapeOf(x.shape()));
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(window.describedIn(LayerText.Leaf.of("MaxPool"), "window_shape"));
    }
}
