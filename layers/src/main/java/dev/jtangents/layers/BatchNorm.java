package dev.jtangents.layers;

import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167) in use rather than in training,
 * with statistics that are given for each channel:
 *
 * <pre>
 * z = scale (x - mean) / sqrt(variance + eps) + shift
 * </pre>
 *
 * All of these are constants, not parameters. For finite networks only.
 */
public final class BatchNorm extends FiniteOnly {
    private static final double EPSILON = 1e-5;

    static final LayerType TYPE =
            new LayerType(
                    "BatchNorm",
                    List.of(
                            "mean",
                            "variance",
                            "scale",
                            "shift",
                            "eps",
                            "batch_axis",
                            "channel_axis"),
                    arguments -> arguments.located(() -> of(arguments)));

    private final List<Double> mean;
    private final List<Double> variance;
    private final List<Double> scale;
    private final List<Double> shift;
    private final double epsilon;
    private final InputAxes axes;

    private BatchNorm(
            List<Double> mean,
            List<Double> variance,
            List<Double> scale,
            List<Double> shift,
            double epsilon,
            InputAxes axes) {
        this.mean = perChannel("mean", mean, mean);
        this.variance = perChannel("variance", variance, mean);
        this.scale = perChannel("scale", scale, mean);
        this.shift = perChannel("shift", shift, mean);
        this.epsilon = Checks.nonNegative("eps", epsilon);
        this.axes = axes;
        if (variance.stream().anyMatch(value -> !(value >= 0 && value + epsilon > 0))) {
            throw new InputException(
                    "BatchNorm has variance "
                            + variance
                            + " and eps "
                            + epsilon
                            + "; variances are at least 0, and their sums with eps above 0.");
        }
    }

    private static List<Double> perChannel(String name, List<Double> values, List<Double> mean) {
        values.forEach(value -> Checks.finite(name, value));
        if (values.size() != mean.size()) {
            throw new InputException(
                    "BatchNorm has mean of "
                            + mean.size()
                            + " channels and "
                            + name
                            + " of "
                            + values.size()
                            + ": one number for each channel is needed.");
        }
        return values;
    }

    private static BatchNorm of(Arguments arguments) {
        List<Double> mean = boxed(arguments.numbers("mean", Integer.MAX_VALUE));
        return new BatchNorm(
                mean,
                boxed(arguments.numbers("variance", Integer.MAX_VALUE)),
                numbers(arguments, "scale", all(1, mean)),
                numbers(arguments, "shift", all(0, mean)),
                arguments.nonNegative("eps", EPSILON),
                InputAxes.of(arguments));
    }

    private static List<Double> numbers(Arguments arguments, String name, List<Double> byDefault) {
        return arguments.isNull(name)
                ? byDefault
                : boxed(arguments.numbers(name, Integer.MAX_VALUE));
    }

    private static List<Double> boxed(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static List<Double> all(double value, List<Double> channels) {
        return Collections.nCopies(channels.size(), value);
    }

    static BatchNorm of(double[] mean, double[] variance) {
        List<Double> means = boxed(mean);
        return new BatchNorm(
                means, boxed(variance), all(1, means), all(0, means), EPSILON, InputAxes.DEFAULT);
    }

    /** The same layer with another scale of each channel; 1 by default. */
    public BatchNorm scale(double... value) {
        return new BatchNorm(mean, variance, boxed(value), shift, epsilon, axes);
    }

    /** The same layer with another shift of each channel; 0 by default. */
    public BatchNorm shift(double... value) {
        return new BatchNorm(mean, variance, scale, boxed(value), epsilon, axes);
    }

    /** The same layer with another number added to variances, at least 0; the default is 1e-5. */
    public BatchNorm epsilon(double value) {
        return new BatchNorm(mean, variance, scale, shift, value, axes);
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public BatchNorm axes(int batchAxis, int channelAxis) {
        var changed = new InputAxes(batchAxis, channelAxis);
        return new BatchNorm(mean, variance, scale, shift, epsilon, changed);
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        long channels = input.extent(axes.channelIn(input));
        if (channels != mean.size()) {
            throw new InputException(
                    "BatchNorm has statistics of "
                            + mean.size()
                            + " channels, but activations of shape "
                            + input
                            + " have "
                            + channels
                            + ".");
        }
        return input;
    }

    @Override
    String alternative() {
        return "take LayerNorm";
    }

    private double factor(int channel) {
        return scale.get(channel) / Math.sqrt(variance.get(channel) + epsilon);
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        int channels = mean.size();
        int axis = x.valueAxis(axes.channelIn(outputShapeOf(x.shape())));
        double[] constants =
                IntStream.range(0, channels)
                        .mapToDouble(c -> shift.get(c) - factor(c) * mean.get(c))
                        .toArray();
        var factors =
                new SparseMatrix(
                        channels,
                        IntStream.range(0, channels).mapToObj(c -> new int[] {c}).toList(),
                        IntStream.range(0, channels)
                                .mapToObj(c -> new double[] {factor(c)})
                                .toList());
        FiniteBuilder program = network.program();
        Shape along = x.value().shape();
        for (int other = 0; other < along.rank(); other++) {
            along = other == axis ? along : along.with(other, 1);
        }
        Value scaled = program.along(x.value(), axis, factors);
        return x.with(program.addScaled(scaled, program.constant(constants, along), 1));
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(
                LayerText.Leaf.of("BatchNorm", "mean", mean, "variance", variance)
                        .with("scale", scale, all(1, mean))
                        .with("shift", shift, all(0, mean))
                        .with("eps", epsilon, EPSILON));
    }
}
