package dev.jtangents.graph;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A window that slides over positions, axis by axis. Position p of the output sees positions {@code
 * p stride + d - padding}, 0 <= d < size, of the input; transposed, position p of the input is seen
 * by positions {@code p stride + d - padding} of the output. What is outside counts as 0, or, of a
 * circular window, modulo the size of the axis.
 *
 * @param size the window's extent along each axis
 * @param stride how far it moves along each axis
 * @param padding how many positions it starts before the first, along each axis
 * @param output the extents of the output
 */
public record SpatialWindow(
        List<Integer> size,
        List<Integer> stride,
        List<Integer> padding,
        Extents output,
        boolean circular,
        boolean transposed) {
    /** Where a place of the window sees no position. */
    public static final int OUTSIDE = -1;

    public SpatialWindow {
        size = List.copyOf(size);
        stride = List.copyOf(stride);
        padding = List.copyOf(padding);
        int rank = output.rank();
        if (size.size() != rank || stride.size() != rank || padding.size() != rank) {
            throw new IllegalArgumentException(
                    "A window over " + rank + " axes has a size, stride and padding for each");
        }
        for (int axis = 0; axis < rank; axis++) {
            if (size.get(axis) < 1 || stride.get(axis) < 1) {
                throw new IllegalArgumentException(
                        "Window " + size + " with strides " + stride + " is not positive");
            }
        }
    }

    /** The number of positions in the window. */
    public int positions() {
        return size.stream().reduce(1, Math::multiplyExact);
    }

    /**
     * The position along an axis of the input that a position of the output sees at a place of the
     * window, or {@link #OUTSIDE}.
     *
     * @param place d in the formulas above, from 0
     */
    public int seen(int axis, int out, int place, int inputSize) {
        int step = stride.get(axis);
        if (transposed) {
            int from = out + padding.get(axis) - place;
            int around = circular ? Math.floorMod(from, output.size(axis)) : from;
            return around % step == 0 ? inside(around / step, inputSize) : OUTSIDE;
        }
        int in = out * step + place - padding.get(axis);
        return circular ? Math.floorMod(in, inputSize) : inside(in, inputSize);
    }

    private static int inside(int position, int size) {
        return position >= 0 && position < size ? position : OUTSIDE;
    }

    /**
     * The positions along an axis of the input that a position of the output sees, each as often as
     * it does.
     */
    int[] seen(int axis, int out, int inputSize) {
        return IntStream.range(0, size.get(axis))
                .map(place -> seen(axis, out, place, inputSize))
                .filter(in -> in != OUTSIDE)
                .toArray();
    }

    @Override
    public String toString() {
        return (transposed ? "transposed window " : "window ")
                + size
                + ", strides "
                + stride
                + ", from -"
                + padding
                + (circular ? ", circular" : "");
    }
}
