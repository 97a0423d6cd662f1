package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

/**
 * How a network reads its input array; negative axes count from the end.
 *
 * @param batch the axis of examples
 * @param channel the axis of channels, or null where everything but the batch is flattened to
 *     channels first
 */
record InputAxes(int batch, @Nullable Integer channel) {
    static final InputAxes DEFAULT = new InputAxes(0, -1);

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
}
