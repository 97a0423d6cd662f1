package dev.jtangents.layers;

import dev.jtangents.graph.SparseMatrix;

import java.util.stream.IntStream;

/**
 * The linear map that resizes one axis of an image, by the conventions of {@code jax.image.resize}:
 * pixels are read at their centres, weights of a new pixel add up to 1, and, to smooth an image
 * that becomes smaller, weights are as wide as a new pixel rather than an old one.
 */
final class ResizeWeights {
    private ResizeWeights() {}

    /** The map, (new size, old size). */
    static SparseMatrix matrix(int from, int to, ResizeMethod method, boolean smooth) {
        if (from == to) {
            return PositionMaps.unchanged(from);
        }
        if (method == ResizeMethod.NEAREST) {
            return SparseMatrix.selection(
                    IntStream.range(0, to)
                            .map(i -> Math.toIntExact((2L * i + 1) * from / (2L * to)))
                            .toArray(),
                    from);
        }
        double step = (double) from / to;
        double width = smooth ? Math.max(step, 1) : 1;
        double[][] rows = new double[to][from];
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * step - 0.5;
            double total = 0;
            for (int j = 0; j < from; j++) {
                rows[i][j] = method.weight(Math.abs(centre - j) / width);
                total += rows[i][j];
            }
            for (int j = 0; j < from; j++) {
                rows[i][j] /= total;
            }
        }
        return SparseMatrix.of(rows, from);
    }
}
