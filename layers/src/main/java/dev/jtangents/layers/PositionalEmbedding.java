package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.InputException;

import org.hipparchus.exception.MathIllegalArgumentException;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.MatrixUtils;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Random features of positions that {@link GlobalSelfAttention} adds to its input; immutable.
 *
 * <p>Their covariance R of two positions is 1 where these are equal, else 0; or, with a decay, that
 * function of the distance between them. A covariance K becomes {@code a K + b R}: where embeddings
 * are summed with the activations, {@code a = 1} and {@code b = std²}; where they are E more
 * channels beside C, {@code a = C / (C + E)} and {@code b = std² E / (C + E)}.
 */
public final class PositionalEmbedding {
    /** How embeddings and activations are joined. */
    enum Kind {
        NONE,
        SUM,
        CONCAT
    }

    /** The covariance of the embeddings of two positions. */
    @FunctionalInterface
    public interface Decay {
        /**
         * The covariance at a distance; positive semidefinite over all positions.
         *
         * @param distance the sum over the axes of the differences of coordinates, each to the
         *     power of the norm
         */
        double at(double distance);
    }

    static final List<String> ARGUMENTS =
            List.of(
                    "pos_emb_type",
                    "pos_emb_p_norm",
                    "pos_emb_decay_fn",
                    "n_chan_pos_emb",
                    "W_pos_emb_std",
                    "val_pos_emb");

    private static final double NORM = 2;

    private final Kind kind;
    private final @Nullable Integer channels;
    private final double std;
    private final double norm;
    private final @Nullable Decay decay;
    private final boolean inValues;

    private PositionalEmbedding(
            Kind kind,
            @Nullable Integer channels,
            double std,
            double norm,
            @Nullable Decay decay,
            boolean inValues) {
        this.kind = kind;
        this.channels = channels;
        this.std = std;
        this.norm = norm;
        this.decay = decay;
        this.inValues = inValues;
    }

    private static PositionalEmbedding of(Kind kind, @Nullable Integer channels) {
        return new PositionalEmbedding(kind, channels, 1, NORM, null, false);
    }

    static PositionalEmbedding of(Arguments arguments) {
        arguments.requireNull("pos_emb_decay_fn");
        return new PositionalEmbedding(
                arguments.choice("pos_emb_type", Kind.class, Kind.NONE),
                arguments.isNull("n_chan_pos_emb")
                        ? null
                        : (Integer) arguments.positiveInteger("n_chan_pos_emb"),
                arguments.nonNegative("W_pos_emb_std", 1),
                arguments.nonNegative("pos_emb_p_norm", NORM),
                null,
                arguments.bool("val_pos_emb", false));
    }

    /** No embeddings. */
    public static PositionalEmbedding none() {
        return of(Kind.NONE, null);
    }

    /** Embeddings that are added to the activations. */
    public static PositionalEmbedding sum() {
        return of(Kind.SUM, null);
    }

    /** Embeddings that are as many channels as the activations have, beside these. */
    public static PositionalEmbedding concat() {
        return of(Kind.CONCAT, null);
    }

    /** Embeddings that are this many channels, at least 1, beside the activations. */
    public static PositionalEmbedding concat(int channels) {
        return of(Kind.CONCAT, Checks.positive("n_chan_pos_emb", channels));
    }

    /** The same embeddings of another standard deviation, at least 0; the default is 1. */
    public PositionalEmbedding std(double value) {
        return new PositionalEmbedding(
                kind, channels, Checks.nonNegative("W_pos_emb_std", value), norm, decay, inValues);
    }

    /**
     * The same embeddings with a covariance that falls with the distance. No model file can hold
     * it.
     *
     * @param power the power that differences of coordinates are raised to, at least 0
     */
    public PositionalEmbedding decay(double power, Decay function) {
        return new PositionalEmbedding(
                kind,
                channels,
                std,
                Checks.nonNegative("pos_emb_p_norm", power),
                function,
                inValues);
    }

    /** The same embeddings in the values that are summed too, not in keys and queries alone. */
    public PositionalEmbedding inValues() {
        return new PositionalEmbedding(kind, channels, std, norm, decay, true);
    }

    /** Whether keys, queries and values all have them, or none do. */
    boolean isInAll() {
        return inValues || kind == Kind.NONE;
    }

    /** Whether there are embeddings. */
    boolean isPresent() {
        return kind != Kind.NONE;
    }

    /** The number of channels of the embeddings of activations with a number of channels. */
    long channels(long activations) {
        return kind == Kind.SUM || channels == null ? activations : channels;
    }

    /** The number of channels of activations and embeddings together. */
    long channelsWith(long activations) {
        return kind == Kind.CONCAT ? activations + channels(activations) : activations;
    }

    /**
     * The embeddings of finite width that independent numbers make.
     *
     * @param features of (positions, channels)
     */
    Value scaled(FiniteBuilder program, Value features, Extents extents) {
        Value correlated = decay == null ? features : program.along(features, 0, factor(extents));
        return program.sum(List.of(correlated), List.of(std));
    }

    /** Activations with embeddings, all of (positions, channels). */
    Value appended(FiniteBuilder program, Value activations, Value embeddings) {
        return kind == Kind.SUM
                ? program.addScaled(activations, embeddings, 1)
                : program.concatenate(List.of(activations, embeddings), 1);
    }

    /** The lower triangular L with R = L Lᵀ. */
    private SparseMatrix factor(Extents extents) {
        int positions = extents.positions();
        double[] covariance = covariance(extents);
        var matrix =
                MatrixUtils.createRealMatrix(
                        IntStream.range(0, positions)
                                .mapToObj(
                                        p ->
                                                Arrays.copyOfRange(
                                                        covariance,
                                                        p * positions,
                                                        (p + 1) * positions))
                                .toArray(double[][]::new));
        try {
            double[][] lower = new CholeskyDecomposition(matrix).getL().getData();
            return SparseMatrix.of(lower, positions);
        } catch (MathIllegalArgumentException failure) {
            throw new InputException(
                    "pos_emb_decay_fn makes a covariance of "
                            + extents
                            + " positions that is not positive definite, so that no embeddings"
                            + " of finite width have it: take a function that falls faster.");
        }
    }

    /** What becomes of covariances; where there are no embeddings, nothing. */
    Propagation addedTo(Propagation in) {
        if (kind == Kind.NONE) {
            return in;
        }
        double width = in.channels();
        double own = kind == Kind.SUM ? 1 : width / channelsWith(in.channels());
        double added = std * std * (kind == Kind.SUM ? 1 : 1 - own);
        double[] covariance = covariance(in.extents());
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] *= added;
        }
        return in.then(new CovarianceOp.PositionCovariance(own, covariance, true)).remasked();
    }

    /** R, row by row. */
    private double[] covariance(Extents extents) {
        int positions = extents.positions();
        if ((double) positions * positions > Integer.MAX_VALUE - 8) {
            throw new InputException(
                    "The covariance of "
                            + extents
                            + " positions is too large to embed; attend to fewer.");
        }
        double[] covariance = new double[positions * positions];
        for (int p = 0; p < positions; p++) {
            for (int q = 0; q < positions; q++) {
                covariance[p * positions + q] =
                        decay == null
                                ? (p == q ? 1 : 0)
                                : Checks.finite(
                                        "pos_emb_decay_fn", decay.at(distance(extents, p, q)));
            }
        }
        return covariance;
    }

    private double distance(Extents extents, int p, int q) {
        double distance = 0;
        int stride = 1;
        for (int axis = extents.rank() - 1; axis >= 0; axis--) {
            int size = extents.size(axis);
            distance += Math.pow(Math.abs(p / stride % size - q / stride % size), norm);
            stride *= size;
        }
        return distance;
    }

    LayerText.Leaf describedIn(LayerText.Leaf text) {
        return text.with("pos_emb_type", kind.name(), Kind.NONE.name())
                .with("pos_emb_p_norm", norm, NORM)
                .with("pos_emb_decay_fn", decay, null)
                .with("n_chan_pos_emb", channels, null)
                .with("W_pos_emb_std", std, 1.0)
                .with("val_pos_emb", inValues, false);
    }
}
