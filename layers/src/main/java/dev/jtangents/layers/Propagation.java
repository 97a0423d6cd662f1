package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.CovarianceProgram;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.function.UnaryOperator;

/**
 * The covariances of a network's activations on their way through its layers, described rather than
 * computed: the program so far and what is known of it. Layers turn one into the next.
 *
 * @param program what has been done to the inner products of the inputs
 * @param shape1 the shape that the first batch's activations would have at finite width
 * @param shape2 the same for the second batch
 * @param batchAxis the axis of examples in these shapes, from 0
 * @param channelAxis the axis of channels in these shapes, from 0
 * @param positional whether the positions of an example are apart; else they count as channels, as
 *     in a network that begins with Flatten
 * @param gaussian whether activations are Gaussian, independent over channels, given the input
 * @param parametric whether a layer with parameters has been met, so that there is an NTK
 */
record Propagation(
        CovarianceProgram program,
        Shape shape1,
        Shape shape2,
        int batchAxis,
        int channelAxis,
        boolean positional,
        boolean gaussian,
        boolean parametric) {

    /** One more step of the program. */
    Propagation then(CovarianceOp op) {
        return new Propagation(
                program.then(op),
                shape1,
                shape2,
                batchAxis,
                channelAxis,
                positional,
                gaussian,
                parametric);
    }

    Propagation withGaussian(boolean value) {
        return new Propagation(
                program, shape1, shape2, batchAxis, channelAxis, positional, value, parametric);
    }

    Propagation withParameters() {
        return new Propagation(
                program, shape1, shape2, batchAxis, channelAxis, positional, gaussian, true);
    }

    Propagation withShapes(UnaryOperator<Shape> rule) {
        return new Propagation(
                program,
                rule.apply(shape1),
                rule.apply(shape2),
                batchAxis,
                channelAxis,
                positional,
                gaussian,
                parametric);
    }

    Propagation withAxes(int batch, int channel) {
        return new Propagation(program, shape1, shape2, batch, channel, true, gaussian, parametric);
    }

    /** The channels of the activations. */
    long channels() {
        return shape1.extent(channelAxis);
    }

    /**
     * Refuses a layer that reads other axes as batch and channels than the covariances were made
     * with.
     */
    void requireAxes(String layer, int batch, int channel) {
        if (shape1.axis(batch) != batchAxis || shape1.axis(channel) != channelAxis) {
            throw new InputException(
                    layer
                            + " reads axis "
                            + batch
                            + " as batch and axis "
                            + channel
                            + " as channels, but activations of shape "
                            + shape1
                            + " have them at axes "
                            + batchAxis
                            + " and "
                            + channelAxis
                            + ": give every layer the same batch_axis and channel_axis.");
        }
    }

    /** Refuses a nonlinearity whose input is not Gaussian. */
    void requireGaussian(String layer) {
        if (!gaussian) {
            throw new InputException(
                    "The input of "
                            + layer
                            + " is not Gaussian: put a layer with random weights,"
                            + " such as Dense, before it.");
        }
    }
}
