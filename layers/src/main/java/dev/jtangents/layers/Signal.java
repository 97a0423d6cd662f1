package dev.jtangents.layers;

import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The activations of a finite network on their way through its layers, described rather than
 * computed. Layers turn one into the next by appending to the network's program. The value of the
 * program is that of one example: the axes of the shape without the batch axis, in their order.
 *
 * @param value the value in the program
 * @param shape the shape of the activations of all examples
 * @param batchAxis the axis of examples in that shape, from 0
 * @param mask what is masked, or null when nothing can be
 */
record Signal(Value value, Shape shape, int batchAxis, @Nullable FiniteMask mask) {
    /** The same activations as another value of the same shape. */
    Signal with(Value other) {
        return new Signal(other, shape, batchAxis, mask);
    }

    /** Other activations of as many examples on the same axis. */
    Signal with(Value other, Shape otherShape) {
        return new Signal(other, otherShape, batchAxis, mask);
    }

    /**
     * Refuses a layer that reads other axes: the examples lie on one axis all along, and a mask
     * counts channels on one.
     */
    void requireAxes(String layer, InputAxes axes) {
        boolean otherChannels =
                axes.channel() != null
                        && mask != null
                        && axes.channelIn(shape) != mask.channelAxis();
        if (axes.batchIn(shape) != batchAxis || otherChannels) {
            throw new InputException(
                    layer
                            + " reads axis "
                            + axes.batch()
                            + " as batch"
                            + (axes.channel() == null
                                    ? ""
                                    : " and axis " + axes.channel() + " as channels")
                            + ", but activations of shape "
                            + shape
                            + " have their batch at axis "
                            + batchAxis
                            + (mask == null
                                    ? ""
                                    : " and their channels at axis " + mask.channelAxis())
                            + ": give every layer the same batch_axis and channel_axis.");
        }
    }

    /** The axis of the value that is an axis of the shape, which is not that of examples. */
    int valueAxis(int axis) {
        int counted = shape.axis(axis);
        return counted < batchAxis ? counted : counted - 1;
    }

    /** The axes of the value that are neither batch nor a channel axis of the shape, in order. */
    List<Integer> spatialAxes(int channelAxis) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (axis != batchAxis && axis != shape.axis(channelAxis)) {
                axes.add(valueAxis(axis));
            }
        }
        return axes;
    }

    /** The mask, if there is one. */
    Stream<FiniteMask> masks() {
        return Stream.ofNullable(mask);
    }

    /** The mask in the program, {@link FiniteMask#present}; null when nothing is masked. */
    @Nullable Value present() {
        return mask == null ? null : mask.present();
    }

    /** The number of examples. */
    long examples() {
        return shape.extent(batchAxis);
    }
}
