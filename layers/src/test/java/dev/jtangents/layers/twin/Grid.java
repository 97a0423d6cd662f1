package dev.jtangents.layers.twin;

import java.util.stream.IntStream;

/** Row-major positions on some axes. Without axes there is one position. */
record Grid(int... extents) {
    int rank() {
        return extents.length;
    }

    int size() {
        return IntStream.of(extents).reduce(1, Math::multiplyExact);
    }

    int[] coordinates(int position) {
        int[] coordinates = new int[rank()];
        int rest = position;
        for (int axis = rank() - 1; axis >= 0; axis--) {
            coordinates[axis] = rest % extents[axis];
            rest /= extents[axis];
        }
        return coordinates;
    }

    int position(int... coordinates) {
        int position = 0;
        for (int axis = 0; axis < rank(); axis++) {
            position = position * extents[axis] + coordinates[axis];
        }
        return position;
    }

    /** The grid whose axis k is this one's axis {@code order[k]}. */
    Grid permuted(int[] order) {
        return new Grid(IntStream.of(order).map(axis -> extents[axis]).toArray());
    }

    /** The map of positions that goes with {@link #permuted}. */
    double[][] permutation(int[] order) {
        Grid permuted = permuted(order);
        double[][] map = new double[size()][size()];
        for (int position = 0; position < size(); position++) {
            int[] from = coordinates(position);
            int[] to = IntStream.of(order).map(axis -> from[axis]).toArray();
            map[permuted.position(to)][position] = 1;
        }
        return map;
    }
}
