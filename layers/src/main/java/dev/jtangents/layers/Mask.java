package dev.jtangents.layers;

import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * Which activations of a batch are masked: they are 0, and means over positions leave them out.
 * Positions are numbered as those of covariances are.
 *
 * @param examples the number of examples
 * @param positions the number of positions of an example
 * @param channels the number of channels, or 1 where the channels of a position are masked alike
 * @param masked example by example, position by position, channel by channel
 */
record Mask(int examples, int positions, int channels, boolean[] masked) {
    /**
     * Masks where the entries of an input are equal to a constant.
     *
     * @param x examples, then the axes of positions, if any, then channels
     * @param flat whether positions count as channels
     */
    static Mask of(Tensor x, double constant, boolean flat) {
        int examples = Math.toIntExact(x.shape().extent(0));
        long features = flat ? x.shape().size() / examples : x.shape().extent(-1);
        int channels = Math.toIntExact(features);
        double[] values = x.toArray();
        boolean[] masked = new boolean[values.length];
        for (int i = 0; i < masked.length; i++) {
            masked[i] = isMasked(values[i], constant, x.dtype());
        }
        return new Mask(examples, masked.length / examples / channels, channels, masked);
    }

    /** Whether a value of a dtype is the constant, or NaN when that is NaN. */
    static boolean isMasked(double value, double constant, DType dtype) {
        double rounded = dtype == DType.F32 ? (float) constant : constant;
        return value == rounded || (Double.isNaN(value) && Double.isNaN(rounded));
    }

    boolean get(int example, int position, int channel) {
        return masked[(example * positions + position) * channels + (channels == 1 ? 0 : channel)];
    }

    /** Whether anything is masked. */
    boolean any() {
        return contains(0, masked.length, true);
    }

    private boolean contains(int from, int to, boolean value) {
        for (int i = from; i < to; i++) {
            if (masked[i] == value) {
                return true;
            }
        }
        return false;
    }

    /** A position is masked where all its channels are: what a sum over channels makes of it. */
    Mask overChannels() {
        if (channels == 1) {
            return this;
        }
        boolean[] all = new boolean[examples * positions];
        for (int i = 0; i < all.length; i++) {
            all[i] = !contains(i * channels, (i + 1) * channels, false);
        }
        return new Mask(examples, positions, 1, all);
    }

    /**
     * One value for each position of each example.
     *
     * @throws InputException when channels of a position differ, which covariances cannot tell
     */
    Mask perPosition() {
        for (int i = 0; i < masked.length; i += channels) {
            if (contains(i, i + channels, true) && contains(i, i + channels, false)) {
                throw new InputException(
                        "Position "
                                + i / channels % positions
                                + " of example "
                                + i / channels / positions
                                + " (counted from 0) is masked in some of its channels only:"
                                + " mask all of them or none, or begin the network with a layer"
                                + " that sums over channels, such as Dense.");
            }
        }
        return overChannels();
    }

    /** What a linear map makes of positions: masked is where it meets masked positions only. */
    Mask mapped(SparseMatrix map) {
        return ofPositions(example -> map, true);
    }

    /** The same with a map for each example. */
    Mask mapped(IntFunction<SparseMatrix> maps) {
        return ofPositions(maps, true);
    }

    /** The same, except that one masked position is enough. */
    Mask spread(SparseMatrix map) {
        return ofPositions(example -> map, false);
    }

    private Mask ofPositions(IntFunction<SparseMatrix> maps, boolean all) {
        int rows = maps.apply(0).rows();
        boolean[] made = new boolean[examples * rows * channels];
        int i = 0;
        for (int example = 0; example < examples; example++) {
            for (int[] seen : maps.apply(example).indices()) {
                for (int channel = 0; channel < channels; channel++) {
                    int e = example;
                    int c = channel;
                    IntPredicate isMasked = position -> get(e, position, c);
                    made[i++] =
                            all
                                    ? Arrays.stream(seen).allMatch(isMasked)
                                    : Arrays.stream(seen).anyMatch(isMasked);
                }
            }
        }
        return new Mask(examples, rows, channels, made);
    }

    /** What a linear map makes of examples: masked is where it meets masked examples only. */
    Mask mappedExamples(SparseMatrix map) {
        Mask rows = new Mask(1, examples, positions * channels, masked).mapped(map);
        return new Mask(map.rows(), positions, channels, rows.masked);
    }

    /** One position, masked where all positions are. */
    Mask overPositions() {
        return mapped(PoolingMatrix.global(positions, 1));
    }

    /** Masked is what is masked in both. */
    Mask and(Mask other) {
        Mask one = withChannels(Math.max(channels, other.channels));
        Mask two = other.withChannels(one.channels);
        boolean[] both = one.masked.clone();
        for (int i = 0; i < both.length; i++) {
            both[i] &= two.masked[i];
        }
        return new Mask(examples, positions, one.channels, both);
    }

    /** The same with each channel apart. */
    Mask withChannels(int count) {
        if (channels == count) {
            return this;
        }
        boolean[] repeated = new boolean[masked.length * count];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = masked[i / count];
        }
        return new Mask(examples, positions, count, repeated);
    }

    /**
     * Every activation of an example as a channel.
     *
     * @param count the number of channels
     * @param inner how many positions there are to each step along the axes before the channel axis
     */
    Mask flattened(int count, int inner) {
        boolean[] made = new boolean[examples * positions * count];
        for (int i = 0; i < made.length; i++) {
            int position = i / inner / count * inner + i % inner;
            made[i] = masked[position * channels + (channels == 1 ? 0 : i / inner % count)];
        }
        return new Mask(examples, 1, positions * count, made);
    }

    /** Nothing is masked. */
    static Mask none(int examples, int positions) {
        return new Mask(examples, positions, 1, new boolean[examples * positions]);
    }

    /** One number for each position of each example. */
    double[] values(double ifMasked, double ifNot) {
        double[] values = new double[masked.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = masked[i] ? ifMasked : ifNot;
        }
        return values;
    }

    /** The number of positions that are not masked, of each example, at least 1. */
    int[] counts() {
        int[] counts = new int[examples];
        for (int i = 0; i < masked.length; i++) {
            counts[i / positions] += masked[i] ? 0 : 1;
        }
        return Arrays.stream(counts).map(count -> Math.max(count, 1)).toArray();
    }

    /**
     * The mask as an array of two numbers.
     *
     * @param shape the shape of the activations, with the channels of this mask
     * @param order its axes, examples first, then positions, then channels
     * @return a tensor that the caller closes
     */
    Tensor tensor(Shape shape, int[] order, DType dtype, double ifMasked, double ifNot) {
        long[] extents = Arrays.stream(order).mapToLong(shape::extent).toArray();
        int[] inverse = new int[order.length];
        for (int axis = 0; axis < order.length; axis++) {
            inverse[order[axis]] = axis;
        }
        try (Tensor ordered = Tensor.of(values(ifMasked, ifNot), extents)) {
            return ordered.transpose(inverse).copy(dtype);
        }
    }
}
