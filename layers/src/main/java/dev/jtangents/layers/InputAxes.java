package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How a network reads its input array; negative axes count from the end.
 *
 * @param batch the axis of examples
 * @param channel the axis of channels, or null where everything but the batch is flattened to
 *     channels first
 */
record InputAxes(int batch, @Nullable Integer channel) {
    static final InputAxes DEFAULT = new InputAxes(0, -1);

    /** The axes that a layer's arguments in a model file name. */
    static InputAxes of(Arguments arguments) {
        return new InputAxes(
                arguments.integer("batch_axis", DEFAULT.batch),
                arguments.integer("channel_axis", -1));
    }

    LayerText.Leaf describedIn(LayerText.Leaf text) {
        return text.with("batch_axis", batch, DEFAULT.batch)
                .with("channel_axis", channel, DEFAULT.channel);
    }

    /** These axes counted from 0 in an input of this shape. */
    int batchIn(Shape shape) {
        return shape.axis(batch);
    }

    /** The axis of channels; where all axes become channels, any that is not the batch. */
    int channelIn(Shape shape) {
        if (channel == null) {
            return batchIn(shape) == shape.rank() - 1 ? 0 : shape.rank() - 1;
        }
        int axis = shape.axis(channel);
        if (axis == batchIn(shape)) {
            throw new InputException(
                    "Batch axis "
                            + batch
                            + " and channel axis "
                            + channel
                            + " are the same axis of an input of shape "
                            + shape
                            + ".");
        }
        return axis;
    }

    /** The sizes of the axes of an input that are neither batch nor channels. */
    Extents spatialIn(Shape shape) {
        int batchAxis = batchIn(shape);
        int channelAxis = channelIn(shape);
        long[] sizes =
                IntStream.range(0, shape.rank())
                        .filter(axis -> axis != batchAxis && axis != channelAxis)
                        .mapToLong(shape::extent)
                        .toArray();
        double positions =
                LongStream.of(sizes).mapToDouble(size -> size).reduce(1, (a, b) -> a * b);
        if (positions < 1 || positions > Integer.MAX_VALUE) {
            throw new InputException(
                    "Activations of shape "
                            + shape
                            + " have "
                            + Arguments.plain(positions)
                            + " positions; from 1 to "
                            + Integer.MAX_VALUE
                            + " are possible.");
        }
        return new Extents(LongStream.of(sizes).mapToObj(Math::toIntExact).toList());
    }

    /** The shape with other sizes on the axes that are neither batch nor channels. */
    Shape withSpatial(Shape shape, Extents sizes) {
        int batchAxis = batchIn(shape);
        int channelAxis = channelIn(shape);
        Shape changed = shape;
        int spatial = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (axis != batchAxis && axis != channelAxis) {
                changed = changed.with(axis, sizes.size(spatial++));
            }
        }
        return changed;
    }
}
