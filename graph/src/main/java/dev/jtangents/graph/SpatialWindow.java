package dev.jtangents.graph;

import java.util.ArrayList;
import java.util.List;

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
     * The positions along an axis of the input that a position of the output sees, each as often as
     * it does.
     */
    int[] seen(int axis, int out, int inputSize) {
        List<Integer> seen = new ArrayList<>();
        int start = -padding.get(axis);
        for (int d = 0; d < size.get(axis); d++) {
            if (!transposed) {
                int in = out * stride.get(axis) + d + start;
                if (circular) {
                    seen.add(Math.floorMod(in, inputSize));
                } else if (in >= 0 && in < inputSize) {
                    seen.add(in);
                }
                continue;
            }
            for (int in = 0; in < inputSize; in++) {
                int to = in * stride.get(axis) + d + start;
                if (to == out || (circular && Math.floorMod(to - out, output.size(axis)) == 0)) {
                    seen.add(in);
                }
            }
        }
        return seen.stream().mapToInt(Integer::intValue).toArray();
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
