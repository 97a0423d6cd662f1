package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Resizes spatial axes, and the batch if asked to. It is a linear map R of positions along each
 * axis, so that {@code q' = R q Rᵀ}, and the same of the NTK.
 */
public final class ImageResize extends Layer {
    static final LayerType TYPE =
            new LayerType(
                    "ImageResize",
                    List.of("shape", "method", "antialias", "batch_axis", "channel_axis"),
                    arguments -> arguments.located(() -> of(arguments)));

    private final List<Integer> shape;
    private final ResizeMethod method;
    private final boolean antialias;
    private final InputAxes axes;

    private ImageResize(
            List<Integer> shape, ResizeMethod method, boolean antialias, InputAxes axes) {
        this.shape = List.copyOf(shape);
        this.method = method;
        this.antialias = antialias;
        this.axes = axes;
    }

    private static ImageResize of(Arguments arguments) {
        return new ImageResize(
                checked(arguments.integers("shape")),
                arguments.choice("method", ResizeMethod.class),
                arguments.bool("antialias", true),
                InputAxes.of(arguments));
    }

    static ImageResize of(List<Integer> shape, ResizeMethod method) {
        return new ImageResize(checked(shape), method, true, InputAxes.DEFAULT);
    }

    private static List<Integer> checked(List<Integer> shape) {
        if (shape.stream().anyMatch(size -> size != -1 && size < 1)) {
            throw new InputException(
                    "ImageResize has shape "
                            + shape
                            + "; sizes are at least 1, or -1 where they stay as they are.");
        }
        return shape;
    }

    /** The same layer smoothing axes that become smaller, as it does by default, or not. */
    public ImageResize antialias(boolean value) {
        return new ImageResize(shape, method, value, axes);
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public ImageResize axes(int batchAxis, int channelAxis) {
        return new ImageResize(shape, method, antialias, new InputAxes(batchAxis, channelAxis));
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        if (input.rank() != shape.size()) {
            throw new InputException(
                    "ImageResize has shape "
                            + shape
                            + ", but its input has shape "
                            + input
                            + ": give as many sizes, -1 where they stay as they are.");
        }
        Shape output = input;
        for (int axis = 0; axis < shape.size(); axis++) {
            output = shape.get(axis) == -1 ? output : output.with(axis, shape.get(axis));
        }
        int channel = axes.channelIn(input);
        if (output.extent(channel) != input.extent(channel)) {
            throw new InputException(
                    "ImageResize would resize the "
                            + input.extent(channel)
                            + " channels (axis "
                            + channel
                            + ") of activations of shape "
                            + input
                            + " to "
                            + output.extent(channel)
                            + "; only spatial axes and the batch can be resized.");
        }
        return output;
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireAxes("ImageResize", axes);
        Shape output = outputShapeOf(in.shape1());
        Propagation positions = resizePositions(in, output);
        int batch = in.batchAxis();
        Propagation resized =
                shape.get(batch) == -1
                        ? positions
                        : positions.mapExamples(
                                weights(in.shape1(), output, batch),
                                weights(in.shape2(), output, batch));
        return resized.withShapes(this::outputShapeOf).remasked();
    }

    private Propagation resizePositions(Propagation in, Shape output) {
        List<Integer> sizes = new ArrayList<>();
        List<SparseMatrix> maps = new ArrayList<>();
        for (int axis : in.spatialAxes()) {
            sizes.add(Math.toIntExact(output.extent(axis)));
            maps.add(weights(in.shape1(), output, axis));
        }
        var extents = new Extents(sizes);
        if (extents.equals(in.extents())) {
            return in;
        }
        SparseMatrix map = PositionMaps.product(maps);
        return in.then(new CovarianceOp.PositionMap(map, extents))
                .mapMasks(mask -> mask.mapped(map));
    }

    private SparseMatrix weights(Shape input, Shape output, int axis) {
        return ResizeWeights.matrix(
                Math.toIntExact(input.extent(axis)),
                Math.toIntExact(output.extent(axis)),
                method,
                antialias);
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(
                LayerText.Leaf.of("ImageResize", "shape", shape, "method", method.label())
                        .with("antialias", antialias, true));
    }
}
