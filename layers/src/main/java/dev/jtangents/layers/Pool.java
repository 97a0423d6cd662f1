package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.SpatialWindow;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.layers.PoolingMatrix.Weight;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.Optional;

/**
 * The mean or the sum of activations over a window that slides over the spatial axes: AvgPool or
 * SumPool. The covariance K of positions becomes P K Pᵀ, where P is the matrix of the pooling, and
 * the NTK likewise.
 */
public final class Pool extends Layer {
    private static final String AVERAGE = "AvgPool";
    private static final String SUM = "SumPool";

    private static final LayerType AVERAGE_TYPE =
            new LayerType(
                    AVERAGE,
                    List.of(
                            "window_shape",
                            "strides",
                            "padding",
                            "normalize_edges",
                            "batch_axis",
                            "channel_axis"),
                    arguments ->
                            of(
                                    arguments,
                                    arguments.bool("normalize_edges", false)
                                            ? Weight.MEAN_OF_SEEN
                                            : Weight.MEAN));

    private static final LayerType SUM_TYPE =
            new LayerType(
                    SUM,
                    List.of("window_shape", "strides", "padding", "batch_axis", "channel_axis"),
                    arguments -> of(arguments, Weight.SUM));

    static final List<LayerType> TYPES = List.of(AVERAGE_TYPE, SUM_TYPE);

    private final SlidingWindow window;
    private final Weight weight;
    private final InputAxes axes;

    private Pool(SlidingWindow window, Weight weight, InputAxes axes) {
        this.window = window.checked(name(weight), "window_shape");
        this.weight = weight;
        this.axes = axes;
    }

    private static Network of(Arguments arguments, Weight weight) {
        SlidingWindow window = SlidingWindow.of(arguments, "window_shape");
        InputAxes axes = InputAxes.of(arguments);
        return arguments.located(() -> new Pool(window, weight, axes));
    }

    static Pool average(int... windowShape) {
        return new Pool(SlidingWindow.of(windowShape), Weight.MEAN, InputAxes.DEFAULT);
    }

    static Pool sum(int... windowShape) {
        return new Pool(SlidingWindow.of(windowShape), Weight.SUM, InputAxes.DEFAULT);
    }

    /** The same layer with other strides, one for each axis of the window; 1 by default. */
    public Pool strides(int... value) {
        return new Pool(window.withStrides(value), weight, axes);
    }

    /** The same layer with another padding; {@link Padding#VALID} by default. */
    public Pool padding(Padding value) {
        return new Pool(window.withPadding(value), weight, axes);
    }

    /**
     * The same layer dividing by the number of positions that a window sees, which with {@link
     * Padding#SAME} is smaller at the edges; by default it divides by the size of the window.
     *
     * @throws InputException when this is SumPool, which divides by nothing
     */
    public Pool normalizeEdges() {
        if (weight == Weight.SUM) {
            throw new InputException(
                    "SumPool divides by nothing, so it has no edges to normalize: take AvgPool.");
        }
        return new Pool(window, Weight.MEAN_OF_SEEN, axes);
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public Pool axes(int batchAxis, int channelAxis) {
        return new Pool(window, weight, new InputAxes(batchAxis, channelAxis));
    }

    private static String name(Weight weight) {
        return weight == Weight.SUM ? SUM : AVERAGE;
    }

    private String name() {
        return name(weight);
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        Extents output = window.over(name(), axes.spatialIn(input)).output();
        return axes.withSpatial(input, output);
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireAxes(name(), axes);
        SpatialWindow over = window.over(name(), in.extents());
        return in.then(
                        new CovarianceOp.PositionMap(
                                PoolingMatrix.of(over, in.extents(), weight), over.output()))
                .mapMasks(mask -> outputMask(mask, in))
                .withShapes(this::outputShapeOf)
                .remasked();
    }

    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        Extents extents = axes.spatialIn(input);
        return mask.mapped(PositionMaps.centres(extents, window.over(name(), extents)));
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        Extents input = axes.spatialIn(x.shape());
        SpatialWindow over = window.over(name(), input);
        List<Integer> spatial = x.spatialAxes(axes.channelIn(x.shape()));
        List<SparseMatrix> maps = PoolingMatrix.alongAxes(over, input, weight);
        Value pooled = x.value();
        for (int axis = 0; axis < maps.size(); axis++) {
            pooled = network.program().along(pooled, spatial.get(axis), maps.get(axis));
        }
        return x.with(pooled, outputShapeOf(x.shape()));
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(
                window.describedIn(LayerText.Leaf.of(name()), "window_shape")
                        .with("normalize_edges", weight == Weight.MEAN_OF_SEEN, false));
    }
}
