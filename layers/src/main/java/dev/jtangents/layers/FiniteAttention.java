package dev.jtangents.layers;

import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.graph.finite.ScalarFunctions;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;

import org.hipparchus.analysis.differentiation.DerivativeStructure;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * Self-attention of finite width over activations of one shape. With X the activations of C
 * channels as a matrix of (positions, channels) and X~ the same with positional embeddings, of E
 * channels, head h makes of queries {@code X~ Q}, keys {@code X~ K} of width d and values {@code X
 * V} or {@code X~ V} of width v
 *
 * <pre>
 * Z = scores(W_query_std W_key_std / (E d) (X~ Q) (X~ K)ᵀ) X V
 * </pre>
 *
 * or, without linear scaling, the same with {@code sqrt(d)} for d; with it, Q is K. The output is
 * {@code W_out_std W_value_std / sqrt(heads v C) Z W_out + b_std b}, where channel {@code i heads +
 * h} of Z is channel i of head h. All weights are standard normal.
 */
final class FiniteAttention {
    /** What the scores of masked keys become before softmax: nothing is left of them after it. */
    private static final double MASKED_SCORE = -1e20;

    private static final ScalarFunction EXPONENTIAL =
            ScalarFunction.of(Math::exp, Math::exp, DerivativeStructure::exp);
    private static final ScalarFunction RECIPROCAL =
            ScalarFunction.of(x -> 1 / x, x -> -1 / (x * x), DerivativeStructure::reciprocal);

    private final GlobalSelfAttention layer;
    private final GlobalSelfAttention.Widths widths;
    private final Shape input;
    private final int batchAxis;
    private final int channelAxis;
    private final long embeddedChannels;
    private final long valueChannels;

    FiniteAttention(GlobalSelfAttention layer, Shape input) {
        this.layer = layer;
        this.widths = layer.widths;
        this.input = input;
        this.batchAxis = layer.axes.batchIn(input);
        this.channelAxis = layer.axes.channelIn(input);
        long channels = input.extent(channelAxis);
        this.embeddedChannels = layer.positions.channelsWith(channels);
        this.valueChannels = layer.positions.isInAll() ? embeddedChannels : channels;
    }

    private Shape queryShape() {
        return Shape.of(widths.heads(), embeddedChannels, widths.key());
    }

    private Shape valueShape() {
        return Shape.of(widths.heads(), valueChannels, widths.value());
    }

    private Shape outShape() {
        return Shape.of((long) widths.value() * widths.heads(), widths.out());
    }

    private Shape biasShape() {
        long[] extents = new long[input.rank()];
        Arrays.fill(extents, 1);
        extents[channelAxis] = widths.out();
        return Shape.of(extents);
    }

    private Shape embeddingShape() {
        long channels = layer.positions.channels(input.extent(channelAxis));
        return input.with(batchAxis, 1).with(channelAxis, channels);
    }

    /** The parameters: Q, K, V, W_out, b and the embeddings of positions. */
    Parameters initialize(SplittableGenerator random, DType dtype) {
        return new Parameters.Group(
                List.of(
                        drawn(!layer.linearScaling, random, queryShape(), dtype),
                        drawn(true, random, queryShape(), dtype),
                        drawn(true, random, valueShape(), dtype),
                        drawn(true, random, outShape(), dtype),
                        drawn(layer.stds.bias() != null, random, biasShape(), dtype),
                        drawn(layer.positions.isPresent(), random, embeddingShape(), dtype)));
    }

    private static Parameters drawn(
            boolean present, SplittableGenerator random, Shape shape, DType dtype) {
        SplittableGenerator own = random.split();
        return present ? Normal.array(own, shape, 1, dtype) : new Parameters.Absent();
    }

    Signal append(FiniteNetwork network, Signal x) {
        FiniteBuilder program = network.program();
        Value queryWeights = layer.linearScaling ? null : program.parameter(queryShape());
        Value keyWeights = program.parameter(queryShape());
        Value valueWeights = program.parameter(valueShape());
        Value outWeights = program.parameter(outShape());
        Double biasStd = layer.stds.bias();
        Value bias = biasStd == null ? null : program.parameter(biasShape());
        int channel = x.valueAxis(channelAxis);
        Value rows = PositionRows.of(program, x.value(), channel);
        Value embedded =
                layer.positions.isPresent()
                        ? embedded(network, x, rows, program.parameter(embeddingShape()))
                        : rows;
        Value keys = heads(program, embedded, keyWeights);
        Value queries = queryWeights == null ? keys : heads(program, embedded, queryWeights);
        Value raw = program.product(queries, keys, true, scoreFactor());
        Value values = heads(program, layer.positions.isInAll() ? embedded : rows, valueWeights);
        Value attended = program.product(scores(network, x, raw), values, false, 1);
        Shape features = Shape.of(rows.shape().extent(0), outWeights.shape().extent(0));
        Value joined = program.reshape(program.permute(attended, 1, 2, 0), features);
        Value out = program.product(joined, outWeights, false, outFactor());
        if (bias != null && biasStd != null) {
            Value row = program.reshape(bias, Shape.of(1, widths.out()));
            out = program.addScaled(out, row, biasStd);
        }
        Shape shape = x.value().shape().with(channel, widths.out());
        Value activations = PositionRows.back(program, out, shape, channel);
        return x.with(activations, layer.outputShapeOf(input));
    }

    private double scoreFactor() {
        double scale = layer.linearScaling ? widths.key() : Math.sqrt(widths.key());
        return layer.stds.query() * layer.stds.key() / (embeddedChannels * scale);
    }

    private double outFactor() {
        double fanIn = (double) widths.value() * widths.heads() * valueChannels;
        return layer.stds.out() * layer.stds.value() / Math.sqrt(fanIn);
    }

    /** The products of the activations with the weights of each head, (heads, positions, width). */
    private static Value heads(FiniteBuilder program, Value rows, Value weights) {
        Shape shape = weights.shape();
        Shape sideBySide = Shape.of(shape.extent(1), shape.extent(0) * shape.extent(2));
        Value matrix = program.reshape(program.permute(weights, 1, 0, 2), sideBySide);
        Value products = program.product(rows, matrix, false, 1);
        Shape apart = Shape.of(rows.shape().extent(0), shape.extent(0), shape.extent(2));
        return program.permute(program.reshape(products, apart), 1, 0, 2);
    }

    private Value embedded(FiniteNetwork network, Signal x, Value rows, Value embeddings) {
        FiniteBuilder program = network.program();
        Value plain = program.reshape(embeddings, embeddings.shape().without(batchAxis));
        Value features = PositionRows.of(program, plain, x.valueAxis(channelAxis));
        Value spread = layer.positions.scaled(program, features, layer.axes.spatialIn(input));
        Value present = maskedPositions(network, x, 0, 1);
        if (present != null) {
            Value column = program.reshape(present, Shape.of(present.shape().size(), 1));
            spread = program.multiply(program.broadcast(column, spread.shape()), spread);
        }
        return layer.positions.appended(program, rows, spread);
    }

    /** A number for each position, of which all channels are masked or not; null without a mask. */
    private @Nullable Value maskedPositions(
            FiniteNetwork network, Signal x, double ifMasked, double ifNot) {
        FiniteMask mask = x.mask();
        return mask == null
                ? null
                : network.numbers(x, mask.mask().overChannels(), channelAxis, ifMasked, ifNot);
    }

    /** What the mechanism makes of scores, (heads, queries, keys). */
    private Value scores(FiniteNetwork network, Signal x, Value scores) {
        FiniteBuilder program = network.program();
        return switch (layer.scores) {
            case SOFTMAX -> softmax(program, unmasked(network, x, scores));
            case IDENTITY -> scores;
            case ABS -> program.map(scores, ScalarFunctions.rectifier(-1, 1));
            case RELU -> program.map(scores, ScalarFunctions.rectifier(0, 1));
        };
    }

    private Value unmasked(FiniteNetwork network, Signal x, Value scores) {
        Value penalty = maskedPositions(network, x, MASKED_SCORE, 0);
        if (penalty == null) {
            return scores;
        }
        Shape ofKeys = Shape.of(1, 1, penalty.shape().size());
        return network.program().addScaled(scores, network.program().reshape(penalty, ofKeys), 1);
    }

    private static Value softmax(FiniteBuilder program, Value scores) {
        int keys = Math.toIntExact(scores.shape().extent(-1));
        SparseMatrix all = PoolingMatrix.global(keys, 1);
        Value greatest = program.greatest(scores, -1, all);
        Value powers = program.map(program.addScaled(scores, greatest, -1), EXPONENTIAL);
        Value shares = program.map(program.along(powers, -1, all), RECIPROCAL);
        return program.multiply(powers, program.broadcast(shares, scores.shape()));
    }
}
