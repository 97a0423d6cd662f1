package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * A dense (fully connected) layer, z = x W + b over the channels, at each position alike; {@link
 * Parameterization} has what that does to covariances.
 */
public final class Dense extends Layer {
    static final LayerType TYPE =
            new LayerType(
                    "Dense",
                    List.of(
                            "out_dim",
                            "W_std",
                            "b_std",
                            "batch_axis",
                            "channel_axis",
                            "parameterization",
                            "s"),
                    arguments ->
                            new Dense(
                                    arguments.positiveInteger("out_dim"),
                                    RandomWeights.of(arguments),
                                    InputAxes.of(arguments)));

    private final int width;
    private final RandomWeights weights;
    private final InputAxes axes;

    private Dense(int width, RandomWeights weights, InputAxes axes) {
        this.width = width;
        this.weights = weights;
        this.axes = axes;
    }

    static Dense of(int width) {
        if (width < 1) {
            throw new InputException("Dense has out_dim " + width + "; at least 1 is needed.");
        }
        return new Dense(width, RandomWeights.DEFAULT, InputAxes.DEFAULT);
    }

    private Dense with(RandomWeights changed) {
        return new Dense(width, changed, axes);
    }

    /** The same layer with another W_std, at least 0. */
    public Dense weightStd(double value) {
        return with(weights.withStd(value));
    }

    /** The same layer with a bias of this b_std, at least 0; without this call there is no bias. */
    public Dense biasStd(double value) {
        return with(weights.withBiasStd(value));
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public Dense axes(int batchAxis, int channelAxis) {
        return new Dense(width, weights, new InputAxes(batchAxis, channelAxis));
    }

    /** The same layer in another parameterisation. */
    public Dense parameterization(Parameterization value) {
        return with(weights.withParameterization(value));
    }

    /**
     * The same layer with width multipliers, which the standard parameterisation reads.
     *
     * @param previous s0, that of the layer below; 1 for the first
     * @param own s1, that of this layer; 1 for the last
     */
    public Dense widthMultipliers(int previous, int own) {
        return with(weights.withMultipliers(previous, own));
    }

    private int channelsOut() {
        return weights.channels("Dense", "out_dim", width);
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        return input.with(axes.channelIn(input), channelsOut());
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireAxes("Dense", axes);
        return in.then(weights.step(in.channels()))
                .withShapes(this::outputShapeOf)
                .withGaussian(true)
                .withParameters()
                .mapMasks(mask -> outputMask(mask, in))
                .remasked();
    }

    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        return mask.overChannels();
    }

    private Shape weightShape(Shape input) {
        return Shape.of(input.extent(axes.channelIn(input)), channelsOut());
    }

    private Shape biasShape(Shape input) {
        long[] extents = new long[input.rank()];
        Arrays.fill(extents, 1);
        extents[axes.channelIn(input)] = channelsOut();
        return Shape.of(extents);
    }

    @Override
    Parameters initialize(SplittableGenerator random, Shape input, DType dtype) {
        Shape matrix = weightShape(input);
        return weights.initialize(random, matrix, biasShape(input), matrix.extent(0), dtype);
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        Shape input = x.shape();
        int axis = axes.channelIn(input);
        double factor = weights.factor(input.extent(axis));
        FiniteBuilder program = network.program();
        Value matrix = program.parameter(weightShape(input));
        Value product = program.contract(x.value(), matrix, x.valueAxis(axis), factor);
        Value z = weights.plusBias(program, product, biasShape(input), x.batchAxis());
        return x.with(z, outputShapeOf(input));
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(weights.describedIn(LayerText.Leaf.of("Dense", "out_dim", width)));
    }
}
