package dev.jtangents.graph;

import java.util.List;

/**
 * The sizes of the spatial axes of a network's activations, in the order of the axes. Without axes
 * there is one position. Positions are numbered row by row, the last axis fastest.
 */
public record Extents(List<Integer> sizes) {
    /** One position, no axes. */
    public static final Extents NONE = new Extents(List.of());

    public Extents {
        sizes = List.copyOf(sizes);
        long positions = 1;
        for (int size : sizes) {
            if (size < 1) {
                throw new IllegalArgumentException("Spatial sizes are at least 1, not " + sizes);
            }
            positions = Math.multiplyExact(positions, (long) size);
        }
        if (positions > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("More positions than can be counted: " + sizes);
        }
    }

    /** The number of axes. */
    public int rank() {
        return sizes.size();
    }

    /** The size of an axis. */
    public int size(int axis) {
        return sizes.get(axis);
    }

    /** The number of positions. */
    public int positions() {
        int positions = 1;
        for (int size : sizes) {
            positions *= size;
        }
        return positions;
    }

    /** The number of the position with these coordinates. */
    int position(int[] coordinates) {
        int position = 0;
        for (int axis = 0; axis < rank(); axis++) {
            position = position * size(axis) + coordinates[axis];
        }
        return position;
    }

    /** The coordinates of a position. */
    int[] coordinates(int position) {
        int[] coordinates = new int[rank()];
        int rest = position;
        for (int axis = rank() - 1; axis >= 0; axis--) {
            coordinates[axis] = rest % size(axis);
            rest /= size(axis);
        }
        return coordinates;
    }

    @Override
    public String toString() {
        return sizes.isEmpty()
                ? "1"
                : String.join("x", sizes.stream().map(String::valueOf).toList());
    }
}
