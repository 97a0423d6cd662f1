package dev.jtangents.layers;

import dev.jtangents.graph.AttentionScores;
import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.PerExample;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.Stream;

/**
 * Multi-headed self-attention over all positions, with infinitely many heads (Hron et al. 2020,
 * arXiv:2006.10540). With K~ the covariance of the activations and their {@link
 * PositionalEmbedding}, and V that of the values, K or K~:
 *
 * <ul>
 *   <li>Scores that are divided by the width of keys, with queries equal to keys, concentrate: with
 *       {@code G = scores(W_query_std W_key_std K~)} of each example and {@code s = (W_out_std
 *       W_value_std)²}
 *       <pre>
 * q' = s G1 V G2ᵀ + b_std²,   Θ' = s G1 V_Θ G2ᵀ + 2 s G1 V G2ᵀ + b_std²
 * </pre>
 *   <li>Scores that are divided by the square root of that width do not. Known is then the kernel
 *       of scores that are taken as they are: with {@code s = (W_query_std W_key_std W_out_std
 *       W_value_std)²}, {@code d = Σ K~ V} and {@code t = Σ (K~ V_Θ + V K~_Θ)} over all positions
 *       <pre>
 * q' = s d K~ + b_std²,   Θ' = s (t K~ + d (K~_Θ + 4 K~)) + b_std²
 * </pre>
 * </ul>
 */
public final class GlobalSelfAttention extends Layer {
    static final LayerType TYPE =
            new LayerType(
                    "GlobalSelfAttention",
                    Stream.concat(
                                    Stream.of(
                                            "n_chan_out",
                                            "n_chan_key",
                                            "n_chan_val",
                                            "n_heads",
                                            "linear_scaling",
                                            "W_key_std",
                                            "W_value_std",
                                            "W_query_std",
                                            "W_out_std",
                                            "b_std",
                                            "attention_mechanism",
                                            "batch_axis",
                                            "channel_axis"),
                                    PositionalEmbedding.ARGUMENTS.stream())
                            .toList(),
                    GlobalSelfAttention::of);

    /** The widths of the finite layer. */
    record Widths(int out, int key, int value, int heads) {}

    /** The standard deviations of the weights, and of the bias if there is one. */
    record Stds(double key, double value, double query, double out, @Nullable Double bias) {
        static final Stds ONE = new Stds(1, 1, 1, 1, null);
    }

    final Widths widths;
    final Stds stds;
    final boolean linearScaling;
    final AttentionScores scores;
    final PositionalEmbedding positions;
    final InputAxes axes;

    private GlobalSelfAttention(
            Widths widths,
            Stds stds,
            boolean linearScaling,
            AttentionScores scores,
            PositionalEmbedding positions,
            InputAxes axes) {
        this.widths = widths;
        this.stds = stds;
        this.linearScaling = linearScaling;
        this.scores = scores;
        this.positions = positions;
        this.axes = axes;
    }

    static GlobalSelfAttention of(int out, int key, int value, int heads) {
        return new GlobalSelfAttention(
                new Widths(
                        Checks.positive("n_chan_out", out),
                        Checks.positive("n_chan_key", key),
                        Checks.positive("n_chan_val", value),
                        Checks.positive("n_heads", heads)),
                Stds.ONE,
                true,
                AttentionScores.SOFTMAX,
                PositionalEmbedding.none(),
                InputAxes.DEFAULT);
    }

    private static GlobalSelfAttention of(Arguments arguments) {
        return new GlobalSelfAttention(
                new Widths(
                        arguments.positiveInteger("n_chan_out"),
                        arguments.positiveInteger("n_chan_key"),
                        arguments.positiveInteger("n_chan_val"),
                        arguments.positiveInteger("n_heads")),
                new Stds(
                        arguments.nonNegative("W_key_std", 1),
                        arguments.nonNegative("W_value_std", 1),
                        arguments.nonNegative("W_query_std", 1),
                        arguments.nonNegative("W_out_std", 1),
                        arguments.optionalNonNegative("b_std")),
                arguments.bool("linear_scaling", true),
                arguments.choice(
                        "attention_mechanism", AttentionScores.class, AttentionScores.SOFTMAX),
                PositionalEmbedding.of(arguments),
                InputAxes.of(arguments));
    }

    /** The same layer with weights of other standard deviations, at least 0; the default is 1. */
    public GlobalSelfAttention weightStds(double key, double value, double query, double out) {
        return with(
                new Stds(
                        Checks.nonNegative("W_key_std", key),
                        Checks.nonNegative("W_value_std", value),
                        Checks.nonNegative("W_query_std", query),
                        Checks.nonNegative("W_out_std", out),
                        stds.bias));
    }

    /** The same layer with a bias of this b_std, at least 0; without this call there is no bias. */
    public GlobalSelfAttention biasStd(double value) {
        return with(
                new Stds(
                        stds.key,
                        stds.value,
                        stds.query,
                        stds.out,
                        Checks.nonNegative("b_std", value)));
    }

    private GlobalSelfAttention with(Stds changed) {
        return new GlobalSelfAttention(widths, changed, linearScaling, scores, positions, axes);
    }

    /** The same layer with scores divided by the width of keys, as by default, or its root. */
    public GlobalSelfAttention linearScaling(boolean value) {
        return new GlobalSelfAttention(widths, stds, value, scores, positions, axes);
    }

    /** The same layer doing something else with its scores; the default is softmax. */
    public GlobalSelfAttention scores(AttentionScores value) {
        return new GlobalSelfAttention(widths, stds, linearScaling, value, positions, axes);
    }

    /** The same layer with other positional embeddings; the default is none. */
    public GlobalSelfAttention positions(PositionalEmbedding value) {
        return new GlobalSelfAttention(widths, stds, linearScaling, scores, value, axes);
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public GlobalSelfAttention axes(int batchAxis, int channelAxis) {
        return new GlobalSelfAttention(
                widths,
                stds,
                linearScaling,
                scores,
                positions,
                new InputAxes(batchAxis, channelAxis));
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        return input.with(axes.channelIn(input), widths.out);
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireAxes("GlobalSelfAttention", axes);
        if (!linearScaling && scores != AttentionScores.IDENTITY) {
            throw new InputException(
                    "GlobalSelfAttention has linear_scaling false and attention_mechanism "
                            + scores
                            + "; without linear scaling the kernel is known for IDENTITY only.");
        }
        Propagation activations = in.mapMasks(mask -> outputMask(mask, in));
        Propagation embedded = positions.addedTo(activations);
        Propagation values = positions.isInAll() ? embedded : activations;
        return (linearScaling ? concentrated(values, embedded) : fluctuating(embedded, values))
                .withShapes(this::outputShapeOf)
                .withGaussian(true)
                .withParameters()
                .remasked();
    }

    private Propagation concentrated(Propagation values, Propagation embedded) {
        double scale = square(stds.out * stds.value);
        PerExample present = values.present();
        int node =
                values.graph()
                        .add(
                                new CovarianceOp.Attention(scores, stds.query * stds.key, present),
                                values.node(),
                                embedded.node());
        return values.at(node)
                .then(
                        affine(
                                new AffineStep(
                                        scale, biasVariance(), scale, 2 * scale, biasVariance())));
    }

    private Propagation fluctuating(Propagation embedded, Propagation values) {
        double scale = square(stds.query * stds.key * stds.out * stds.value);
        int node =
                values.graph()
                        .add(new CovarianceOp.BilinearAttention(), embedded.node(), values.node());
        return values.at(node)
                .then(affine(new AffineStep(scale, biasVariance(), scale, 0, biasVariance())));
    }

    private static CovarianceOp affine(AffineStep step) {
        return new CovarianceOp.Affine(step);
    }

    private double biasVariance() {
        return stds.bias == null ? 0 : square(stds.bias);
    }

    private static double square(double value) {
        return value * value;
    }

    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        return mask.overChannels();
    }

    @Override
    Parameters initialize(SplittableGenerator random, Shape input, DType dtype) {
        return new FiniteAttention(this, input).initialize(random, dtype);
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        return new FiniteAttention(this, x.shape()).append(network, x);
    }

    @Override
    LayerText.Leaf text() {
        LayerText.Leaf leaf =
                LayerText.Leaf.of(
                                "GlobalSelfAttention",
                                "n_chan_out",
                                widths.out,
                                "n_chan_key",
                                widths.key,
                                "n_chan_val",
                                widths.value,
                                "n_heads",
                                widths.heads)
                        .with("linear_scaling", linearScaling, true)
                        .with("W_key_std", stds.key, 1.0)
                        .with("W_value_std", stds.value, 1.0)
                        .with("W_query_std", stds.query, 1.0)
                        .with("W_out_std", stds.out, 1.0)
                        .with("b_std", stds.bias, null)
                        .with("attention_mechanism", scores.name(), AttentionScores.SOFTMAX.name());
        return axes.describedIn(positions.describedIn(leaf));
    }
}
