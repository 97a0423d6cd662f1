package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

/**
 * Some examples of the first batch, and some of the second that they are paired with. In matrices
 * each example has a number of rows, one for each full output.
 */
record PairTile(long from, long to, long columnFrom, long columnTo, int full) {
    /** The tile of a matrix of all pairs. */
    Tensor of(Tensor pairs) {
        return pairs.slice(0, from * full, to * full).slice(1, columnFrom * full, columnTo * full);
    }

    /** The rows of the first batch's examples. */
    Tensor rows(Tensor matrix) {
        return matrix.slice(0, from * full, to * full);
    }

    /** The rows of the second batch's examples. */
    Tensor columns(Tensor matrix) {
        return matrix.slice(0, columnFrom * full, columnTo * full);
    }

    /** The pairs of one example with one other, of this tile of a matrix. */
    Tensor pair(Tensor tile, long row, long column) {
        long first = (row - from) * full;
        long second = (column - columnFrom) * full;
        return tile.slice(0, first, first + full).slice(1, second, second + full);
    }
}
