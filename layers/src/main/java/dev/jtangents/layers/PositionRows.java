package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.Shape;

import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Activations of an example as a matrix of (positions, channels), and back. */
final class PositionRows {
    private PositionRows() {}

    /**
     * The matrix of activations.
     *
     * @param channel the axis of channels of x, from 0
     */
    static Value of(FiniteBuilder program, Value x, int channel) {
        int rank = x.shape().rank();
        int[] last = IntStream.range(0, rank).map(i -> i < channel ? i : i + 1).toArray();
        last[rank - 1] = channel;
        long channels = x.shape().extent(channel);
        Shape matrix = Shape.of(x.shape().without(channel).size(), channels);
        return program.reshape(program.permute(x, last), matrix);
    }

    /**
     * The activations of a matrix.
     *
     * @param shape of the activations
     * @param channel the axis of channels in that shape, from 0
     */
    static Value back(FiniteBuilder program, Value rows, Shape shape, int channel) {
        Shape channelsLast =
                Shape.of(
                        LongStream.concat(
                                        LongStream.of(shape.without(channel).extents()),
                                        LongStream.of(shape.extent(channel)))
                                .toArray());
        int last = shape.rank() - 1;
        int[] order =
                IntStream.range(0, shape.rank())
                        .map(i -> i == channel ? last : i < channel ? i : i - 1)
                        .toArray();
        return program.permute(program.reshape(rows, channelsLast), order);
    }
}
