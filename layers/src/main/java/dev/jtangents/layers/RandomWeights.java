package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * How the weights and the bias of a layer are drawn, and what they do to covariances; {@link
 * Parameterization} has the formulas.
 *
 * @param std W_std
 * @param biasStd b_std, or null without a bias
 * @param multipliers the width multipliers s0 and s1
 */
record RandomWeights(
        double std,
        @Nullable Double biasStd,
        Parameterization parameterization,
        List<Integer> multipliers) {
    static final RandomWeights DEFAULT =
            new RandomWeights(1, null, Parameterization.NTK, List.of(1, 1));

    static RandomWeights of(Arguments arguments) {
        return new RandomWeights(
                arguments.nonNegative("W_std", 1),
                arguments.optionalNonNegative("b_std"),
                arguments.choice("parameterization", Parameterization.class, Parameterization.NTK),
                arguments.integerPair("s", 1, 1));
    }

    LayerText.Leaf describedIn(LayerText.Leaf text) {
        return text.with("W_std", std, DEFAULT.std)
                .with("b_std", biasStd, null)
                .with("parameterization", parameterization.label(), Parameterization.NTK.label())
                .with("s", multipliers, DEFAULT.multipliers);
    }

    RandomWeights withStd(double value) {
        return new RandomWeights(
                Checks.nonNegative("W_std", value), biasStd, parameterization, multipliers);
    }

    RandomWeights withBiasStd(double value) {
        return new RandomWeights(
                std, Checks.nonNegative("b_std", value), parameterization, multipliers);
    }

    RandomWeights withParameterization(Parameterization value) {
        return new RandomWeights(std, biasStd, value, multipliers);
    }

    RandomWeights withMultipliers(int previous, int own) {
        return new RandomWeights(
                std,
                biasStd,
                parameterization,
                List.of(Checks.positive("s[0]", previous), Checks.positive("s[1]", own)));
    }

    private boolean isNtk() {
        return parameterization == Parameterization.NTK;
    }

    private boolean hasBias() {
        return biasStd != null;
    }

    /**
     * The channels of a layer of a given width.
     *
     * @param argument what the layer calls its width
     */
    int channels(String layer, String argument, int width) {
        long channels = isNtk() ? width : (long) width * multipliers.get(1);
        if (channels > Integer.MAX_VALUE) {
            throw new InputException(
                    layer
                            + " has "
                            + channels
                            + " channels, "
                            + argument
                            + " times s[1]; at most "
                            + Integer.MAX_VALUE
                            + " are possible.");
        }
        return (int) channels;
    }

    /** What the layer does to the mean covariance over its fan-in. */
    CovarianceOp step(double fanIn) {
        double scale = std * std;
        double shift = biasStd == null ? 0 : biasStd * biasStd;
        double ntkGain = isNtk() ? scale : fanIn / multipliers.get(0);
        double ntkShift = isNtk() ? shift : hasBias() ? 1 : 0;
        return new CovarianceOp.Affine(new AffineStep(scale, shift, scale, ntkGain, ntkShift));
    }

    /** The standard deviation of a weight of the finite layer. */
    private double initialStd(double fanIn) {
        return isNtk() ? 1 : std * Math.sqrt(multipliers.get(0) / fanIn);
    }

    /** The standard deviation of a bias of the finite layer. */
    private double initialBiasStd() {
        return isNtk() || biasStd == null ? 1 : biasStd;
    }

    /** The weights and the bias of the finite layer. */
    Parameters initialize(
            SplittableGenerator random, Shape weights, Shape bias, double fanIn, DType dtype) {
        return new Parameters.Group(
                List.of(
                        Normal.array(random.split(), weights, initialStd(fanIn), dtype),
                        hasBias()
                                ? Normal.array(random.split(), bias, initialBiasStd(), dtype)
                                : new Parameters.Absent()));
    }

    /**
     * An example of the finite layer's output, from the product with its weights; the bias is the
     * program's next parameter.
     *
     * @param bias the shape of the bias, with an axis of examples
     */
    Value plusBias(FiniteBuilder program, Value product, Shape bias, int batchAxis) {
        if (!hasBias()) {
            return product;
        }
        Value repeated = program.reshape(program.parameter(bias), bias.without(batchAxis));
        return program.addScaled(product, repeated, biasFactor());
    }

    /** What the finite layer multiplies the product with its weights by. */
    double factor(double fanIn) {
        return isNtk() ? std / Math.sqrt(fanIn) : 1 / Math.sqrt(multipliers.get(0));
    }

    /** What the finite layer multiplies its bias by. */
    private double biasFactor() {
        return isNtk() && biasStd != null ? biasStd : 1;
    }
}
