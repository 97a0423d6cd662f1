package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The mean or the sum of activations over all positions, which removes the spatial axes:
 * GlobalAvgPool or GlobalSumPool. Batch and channels stay in their order.
 */
public final class GlobalPool extends Layer {
    private static final LayerType AVERAGE_TYPE = type("GlobalAvgPool", true);
    private static final LayerType SUM_TYPE = type("GlobalSumPool", false);

    static final List<LayerType> TYPES = List.of(AVERAGE_TYPE, SUM_TYPE);

    private final boolean mean;
    private final InputAxes axes;

    private GlobalPool(boolean mean, InputAxes axes) {
        this.mean = mean;
        this.axes = axes;
    }

    static GlobalPool average() {
        return new GlobalPool(true, InputAxes.DEFAULT);
    }

    static GlobalPool sum() {
        return new GlobalPool(false, InputAxes.DEFAULT);
    }

    private static LayerType type(String name, boolean mean) {
        return new LayerType(
                name,
                List.of("batch_axis", "channel_axis"),
                arguments -> new GlobalPool(mean, InputAxes.of(arguments)));
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public GlobalPool axes(int batchAxis, int channelAxis) {
        return new GlobalPool(mean, new InputAxes(batchAxis, channelAxis));
    }

    private String name() {
        return mean ? AVERAGE_TYPE.name() : SUM_TYPE.name();
    }

    /** Where the batch is once only it and the channels are left. */
    private int batchAxisOut(Shape input) {
        return axes.batchIn(input) < axes.channelIn(input) ? 0 : 1;
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        long examples = input.extent(axes.batchIn(input));
        long channels = input.extent(axes.channelIn(input));
        return batchAxisOut(input) == 0
                ? Shape.of(examples, channels)
                : Shape.of(channels, examples);
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireAxes(name(), axes);
        int positions = in.extents().positions();
        int batchAxis = batchAxisOut(in.shape1());
        boolean counted = mean && in.present() != null;
        double weight = mean && !counted ? 1.0 / positions : 1;
        Propagation pooled =
                in.then(
                        new CovarianceOp.PositionMap(
                                PoolingMatrix.global(positions, weight), Extents.NONE));
        Propagation result =
                counted
                        ? pooled.then(new CovarianceOp.Scaling(in.perExample(GlobalPool::shares)))
                        : pooled;
        return result.mapMasks(mask -> outputMask(mask, in))
                .withShapes(this::outputShapeOf)
                .withAxes(batchAxis, 1 - batchAxis);
    }

    /** One divided by the number of positions that are not masked, of each example. */
    private static double[] shares(Mask mask) {
        return IntStream.of(mask.perPosition().counts())
                .mapToDouble(count -> 1.0 / count)
                .toArray();
    }

    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        return mask.overPositions();
    }

    @Override
    int outputChannelAxis(Shape input, int channelAxis) {
        return 1 - batchAxisOut(input);
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        FiniteBuilder program = network.program();
        List<Integer> spatial = x.spatialAxes(axes.channelIn(x.shape()));
        Value pooled =
                mean
                        ? AxisMeans.mean(program, x.value(), spatial, x.present())
                        : AxisMeans.sum(program, x.value(), spatial);
        Shape output = outputShapeOf(x.shape());
        int batchAxis = batchAxisOut(x.shape());
        Value channels = program.reshape(pooled, output.without(batchAxis));
        return new Signal(channels, output, batchAxis, null);
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(LayerText.Leaf.of(name()));
    }
}
