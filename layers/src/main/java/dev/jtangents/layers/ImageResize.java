package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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
        Extents extents = axes.spatialIn(output);
        if (extents.equals(in.extents())) {
            return in;
        }
        return in.then(new CovarianceOp.PositionMap(positionMap(in.shape1()), extents))
                .mapMasks(mask -> outputMask(mask, in));
    }

    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        return mask.mapped(positionMap(input));
    }

    private SparseMatrix positionMap(Shape input) {
        Shape output = outputShapeOf(input);
        return PositionMaps.product(
                spatialAxes(input).mapToObj(axis -> weights(input, output, axis)).toList());
    }

    private IntStream spatialAxes(Shape input) {
        return IntStream.range(0, input.rank())
                .filter(axis -> axis != axes.batchIn(input) && axis != axes.channelIn(input));
    }

    private SparseMatrix weights(Shape input, Shape output, int axis) {
        return ResizeWeights.matrix(
                Math.toIntExact(input.extent(axis)),
                Math.toIntExact(output.extent(axis)),
                method,
                antialias);
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        Shape output = outputShapeOf(x.shape());
        if (output.extent(x.batchAxis()) != x.examples()) {
            throw new InputException(
                    "ImageResize would make "
                            + output.extent(x.batchAxis())
                            + " examples of "
                            + x.examples()
                            + ", but a finite network sees one example at a time: give -1 for axis "
                            + x.batchAxis()
                            + " of its shape, and resize the batch yourself.");
        }
        Value resized = x.value();
        for (int axis : spatialAxes(x.shape()).toArray()) {
            if (output.extent(axis) != x.shape().extent(axis)) {
                SparseMatrix map = weights(x.shape(), output, axis);
                resized = network.program().along(resized, x.valueAxis(axis), map);
            }
        }
        return x.with(resized, output);
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(
                LayerText.Leaf.of("ImageResize", "shape", shape, "method", method.label())
                        .with("antialias", antialias, true));
    }
}
