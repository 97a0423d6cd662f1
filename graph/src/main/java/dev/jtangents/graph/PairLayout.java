package dev.jtangents.graph;

import dev.jtangents.tensor.Shape;

import java.util.Arrays;

/**
 * The order in which users see pairs of positions: each spatial axis twice in a row, (H, H, W, W,
 * ...), or once where only equal positions are paired.
 */
record PairLayout(Extents extents, boolean diagonal) {
    /** The number of pairs. */
    long size() {
        long positions = extents.positions();
        return diagonal ? positions : positions * positions;
    }

    /** The number of a pair. */
    long index(int p, int q) {
        if (diagonal) {
            return p;
        }
        long index = 0;
        long scale = 1;
        int left = p;
        int right = q;
        for (int axis = extents.rank() - 1; axis >= 0; axis--) {
            int size = extents.size(axis);
            index += (left % size * (long) size + right % size) * scale;
            scale *= (long) size * size;
            left /= size;
            right /= size;
        }
        return index;
    }

    /** These axes after others. */
    Shape after(long... first) {
        int repeats = diagonal ? 1 : 2;
        long[] shape = Arrays.copyOf(first, first.length + extents.rank() * repeats);
        for (int axis = 0; axis < extents.rank(); axis++) {
            for (int repeat = 0; repeat < repeats; repeat++) {
                shape[first.length + axis * repeats + repeat] = extents.size(axis);
            }
        }
        return Shape.of(shape);
    }
}
