package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Layer normalisation without parameters (Ba et al. 2016, arXiv:1607.06450): activations minus
 * their mean over some axes, divided by their standard deviation over these. In the infinite limit
 * the mean over channels is 0, and with m the mean of {@code eps + q} over the other normalised
 * axes of an example,
 *
 * <pre>
 * q' = q / sqrt(m1 m2),   Θ' = Θ / sqrt(m1 m2)
 * </pre>
 *
 * Masked positions do not count. A finite network cannot normalise over examples.
 */
public final class LayerNorm extends Layer {
    private static final double EPSILON = 1e-12;

    static final LayerType TYPE =
            new LayerType(
                    "LayerNorm",
                    List.of("axis", "eps", "batch_axis", "channel_axis"),
                    arguments ->
                            new LayerNorm(
                                    arguments.integerOrIntegers("axis", List.of(-1)),
                                    arguments.nonNegative("eps", EPSILON),
                                    InputAxes.of(arguments)));

    private final List<Integer> normalised;
    private final double epsilon;
    private final InputAxes axes;

    private LayerNorm(List<Integer> normalised, double epsilon, InputAxes axes) {
        this.normalised = List.copyOf(normalised);
        this.epsilon = epsilon;
        this.axes = axes;
    }

    static LayerNorm of(int... normalised) {
        List<Integer> list = IntStream.of(normalised).boxed().toList();
        return new LayerNorm(list.isEmpty() ? List.of(-1) : list, EPSILON, InputAxes.DEFAULT);
    }

    /** The same layer with another number added to variances, at least 0; the default is 1e-12. */
    public LayerNorm epsilon(double value) {
        return new LayerNorm(normalised, Checks.nonNegative("eps", value), axes);
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public LayerNorm axes(int batchAxis, int channelAxis) {
        return new LayerNorm(normalised, epsilon, new InputAxes(batchAxis, channelAxis));
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        return input;
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireAxes("LayerNorm", axes);
        in.requireGaussian("LayerNorm");
        List<Integer> over = normalised.stream().map(in.shape1()::axis).distinct().toList();
        if (!over.contains(in.channelAxis())) {
            throw new InputException(
                    "LayerNorm normalises over axes "
                            + normalised
                            + " of activations of shape "
                            + in.shape1()
                            + ", which leaves out the channels, axis "
                            + in.channelAxis()
                            + ": without them there is no infinite limit.");
        }
        List<Integer> spatial = in.spatialAxes();
        return in.then(
                new CovarianceOp.Normalization(
                        IntStream.range(0, spatial.size())
                                .filter(axis -> over.contains(spatial.get(axis)))
                                .boxed()
                                .toList(),
                        over.contains(in.batchAxis()),
                        epsilon,
                        in.present()));
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        List<Integer> over = normalised.stream().map(x.shape()::axis).distinct().toList();
        if (over.contains(x.batchAxis())) {
            throw new InputException(
                    "LayerNorm normalises over axes "
                            + normalised
                            + " of activations of shape "
                            + x.shape()
                            + ", of which axis "
                            + x.batchAxis()
                            + " is that of examples, but a finite network sees one example at a"
                            + " time: leave that axis out.");
        }
        FiniteBuilder program = network.program();
        List<Integer> along = over.stream().map(x::valueAxis).toList();
        Value mean = AxisMeans.mean(program, x.value(), along, x.present());
        Value centred = program.addScaled(x.value(), mean, -1);
        Value squares = program.multiply(centred, centred);
        Value variance = AxisMeans.mean(program, squares, along, x.present());
        Value scale = program.map(variance, inverseRoot());
        return x.with(program.multiply(centred, program.broadcast(scale, centred.shape())));
    }

    /** One divided by the standard deviation, from the variance. */
    private ScalarFunction inverseRoot() {
        return ScalarFunction.of(
                variance -> 1 / Math.sqrt(variance + epsilon),
                variance -> -0.5 / Math.pow(variance + epsilon, 1.5),
                variance -> variance.add(epsilon).sqrt().reciprocal());
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(
                LayerText.Leaf.of("LayerNorm")
                        .with("axis", normalised, List.of(-1))
                        .with("eps", epsilon, EPSILON));
    }
}
