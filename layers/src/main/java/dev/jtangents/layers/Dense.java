package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * A dense (fully connected) layer, z = x W + b over the channels, at each position alike.
 *
 * <p>With n input channels, in the {@link Parameterization#NTK} parameterisation W and b are N(0,
 * 1) and z = W_std / sqrt(n) x W + b_std b, so that (Jacot et al. 2018, arXiv:1806.07572)
 *
 * <pre>
 * q' = W_std² q + b_std²,   Θ' = W_std² Θ + q'
 * </pre>
 *
 * In the {@link Parameterization#STANDARD} one W is N(0, W_std² s0 / n), b is N(0, b_std²) and z =
 * x W / sqrt(s0) + b (Sohl-Dickstein et al. 2020, arXiv:2001.07301):
 *
 * <pre>
 * q' = W_std² q + b_std²,   Θ' = W_std² Θ + (n / s0) q + 1 if there is a bias
 * </pre>
 */
public final class Dense extends Network {
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
                                    arguments.nonNegative("W_std", 1),
                                    arguments.optionalNonNegative("b_std"),
                                    new InputAxes(
                                            arguments.integer("batch_axis", 0),
                                            arguments.integer("channel_axis", -1)),
                                    arguments.choice(
                                            "parameterization",
                                            Parameterization.class,
                                            Parameterization.NTK),
                                    arguments.integerPair("s", 1, 1)));

    private final int width;
    private final double weightStd;
    private final @Nullable Double biasStd;
    private final InputAxes axes;
    private final Parameterization parameterization;
    private final List<Integer> multipliers;

    private Dense(
            int width,
            double weightStd,
            @Nullable Double biasStd,
            InputAxes axes,
            Parameterization parameterization,
            List<Integer> multipliers) {
        this.width = width;
        this.weightStd = weightStd;
        this.biasStd = biasStd;
        this.axes = axes;
        this.parameterization = parameterization;
        this.multipliers = multipliers;
    }

    static Dense of(int width) {
        if (width < 1) {
            throw new InputException("Dense has out_dim " + width + "; at least 1 is needed.");
        }
        return new Dense(width, 1, null, InputAxes.DEFAULT, Parameterization.NTK, List.of(1, 1));
    }

    /** The same layer with another W_std, at least 0. */
    public Dense weightStd(double value) {
        return new Dense(
                width,
                Checks.nonNegative("W_std", value),
                biasStd,
                axes,
                parameterization,
                multipliers);
    }

    /** The same layer with a bias of this b_std, at least 0; without this call there is no bias. */
    public Dense biasStd(double value) {
        return new Dense(
                width,
                weightStd,
                Checks.nonNegative("b_std", value),
                axes,
                parameterization,
                multipliers);
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public Dense axes(int batchAxis, int channelAxis) {
        return new Dense(
                width,
                weightStd,
                biasStd,
                new InputAxes(batchAxis, channelAxis),
                parameterization,
                multipliers);
    }

    /** The same layer in another parameterisation. */
    public Dense parameterization(Parameterization value) {
        return new Dense(width, weightStd, biasStd, axes, value, multipliers);
    }

    /**
     * The same layer with width multipliers, which the standard parameterisation reads.
     *
     * @param previous s0, that of the layer below; 1 for the first
     * @param own s1, that of this layer; 1 for the last
     */
    public Dense widthMultipliers(int previous, int own) {
        return new Dense(
                width,
                weightStd,
                biasStd,
                axes,
                parameterization,
                List.of(Checks.positive("s[0]", previous), Checks.positive("s[1]", own)));
    }

    private boolean isNtk() {
        return parameterization == Parameterization.NTK;
    }

    private int channelsOut() {
        long channels = isNtk() ? width : (long) width * multipliers.get(1);
        if (channels > Integer.MAX_VALUE) {
            throw new InputException(
                    "Dense has "
                            + channels
                            + " channels, out_dim times s[1]; at most "
                            + Integer.MAX_VALUE
                            + " are possible.");
        }
        return (int) channels;
    }

    private double biasVariance() {
        return biasStd == null ? 0 : biasStd * biasStd;
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
        in.requireAxes("Dense", axes.batch(), axes.channelIn(in.shape1()));
        double scale = weightStd * weightStd;
        double shift = biasVariance();
        double ntkGain = isNtk() ? scale : (double) in.channels() / multipliers.get(0);
        double ntkShift = isNtk() ? shift : biasStd == null ? 0 : 1;
        return in.then(
                        new CovarianceOp.Affine(
                                new AffineStep(scale, shift, scale, ntkGain, ntkShift)))
                .withShapes(this::outputShapeOf)
                .withGaussian(true)
                .withParameters();
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
        Shape shape = weightShape(input);
        double weightScale =
                isNtk() ? 1 : weightStd * Math.sqrt((double) multipliers.get(0) / shape.extent(0));
        double biasScale = isNtk() || biasStd == null ? 1 : biasStd;
        Parameters weights = Normal.array(random.split(), shape, weightScale, dtype);
        Parameters bias =
                biasStd == null
                        ? new Parameters.Absent()
                        : Normal.array(random.split(), biasShape(input), biasScale, dtype);
        return new Parameters.Group(List.of(weights, bias));
    }

    @Override
    int append(FiniteProgram.Builder program, int x) {
        Shape input = program.shape(x);
        double weightFactor =
                isNtk()
                        ? weightStd / Math.sqrt(input.extent(axes.channelIn(input)))
                        : 1 / Math.sqrt(multipliers.get(0));
        int weights = program.parameter(weightShape(input));
        if (biasStd == null) {
            return program.contract(x, weights, axes.channelIn(input), weightFactor);
        }
        int bias = program.parameter(biasShape(input));
        int product = program.contract(x, weights, axes.channelIn(input), weightFactor);
        return program.addScaled(product, bias, isNtk() ? biasStd : 1);
    }

    @Override
    LayerText text() {
        return LayerText.Leaf.of("Dense", "out_dim", width)
                .with("W_std", weightStd, 1.0)
                .with("b_std", biasStd, null)
                .with("batch_axis", axes.batch(), InputAxes.DEFAULT.batch())
                .with("channel_axis", axes.channel(), InputAxes.DEFAULT.channel())
                .with("parameterization", parameterization.label(), Parameterization.NTK.label())
                .with("s", multipliers, List.of(1, 1));
    }
}
