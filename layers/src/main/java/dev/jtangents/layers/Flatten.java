package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.Optional;

/**
 * Makes every activation of an example a channel. In the infinite limit the covariance becomes its
 * mean over equal positions.
 */
public final class Flatten extends Layer {
    static final LayerType TYPE =
            new LayerType(
                    "Flatten",
                    List.of("batch_axis", "batch_axis_out"),
                    arguments ->
                            Flatten.of(
                                    arguments.integer("batch_axis", 0),
                                    arguments.integerBetween("batch_axis_out", 0, -2, 1)));

    private final int batchAxis;
    private final int batchAxisOut;

    private Flatten(int batchAxis, int batchAxisOut) {
        this.batchAxis = batchAxis;
        this.batchAxisOut = batchAxisOut;
    }

    static Flatten of(int batchAxis, int batchAxisOut) {
        if (batchAxisOut < -2 || batchAxisOut > 1) {
            throw new InputException(
                    "Flatten has batch_axis_out "
                            + batchAxisOut
                            + "; its output has two axes, so 0, 1, -1 or -2 are possible.");
        }
        return new Flatten(batchAxis, batchAxisOut);
    }

    private int out() {
        return Math.floorMod(batchAxisOut, 2);
    }

    private Shape flattened(long examples, long features) {
        return out() == 0 ? Shape.of(examples, features) : Shape.of(features, examples);
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(new InputAxes(batchAxis, null));
    }

    @Override
    Shape outputShapeOf(Shape input) {
        return flattened(input.extent(batchAxis), input.without(batchAxis).size());
    }

    @Override
    Propagation propagate(Propagation in) {
        if (in.shape1().axis(batchAxis) != in.batchAxis()) {
            throw new InputException(
                    "Flatten reads axis "
                            + batchAxis
                            + " as batch, but activations of shape "
                            + in.shape1()
                            + " have it at axis "
                            + in.batchAxis()
                            + ".");
        }
        boolean apart = in.positional() && in.shape1().rank() > 2;
        Propagation mean = apart ? in.then(new CovarianceOp.PositionMean()) : in;
        return mean.mapMasks(mask -> in.positional() ? outputMask(mask, in) : mask)
                .withShapes(this::outputShapeOf)
                .withAxes(out(), 1 - out())
                .withGaussian(false);
    }

    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        int inner = 1;
        for (int axis = channelAxis + 1; axis < input.rank(); axis++) {
            inner *= axis == input.axis(batchAxis) ? 1 : Math.toIntExact(input.extent(axis));
        }
        return mask.flattened(Math.toIntExact(input.extent(channelAxis)), inner);
    }

    @Override
    int outputChannelAxis(Shape input, int channelAxis) {
        return 1 - out();
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        Shape flat = Shape.of(x.value().shape().size());
        return new Signal(
                network.program().reshape(x.value(), flat), outputShapeOf(x.shape()), out(), null);
    }

    @Override
    LayerText.Leaf text() {
        return LayerText.Leaf.of("Flatten")
                .with("batch_axis", batchAxis, 0)
                .with("batch_axis_out", batchAxisOut, 0);
    }
}
