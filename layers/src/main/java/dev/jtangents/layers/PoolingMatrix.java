package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.SpatialWindow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The linear maps of positions that pooling applies: one row for each position of the output. */
final class PoolingMatrix {
    /** What an input that a window sees once counts, along one axis. */
    enum Weight {
        /** One. */
        SUM,
        /** One of the positions of the window, also where some are beyond the edges. */
        MEAN,
        /** One of the positions that the window sees. */
        MEAN_OF_SEEN
    }

    private PoolingMatrix() {}

    /** Pooling over a window that is not transposed. */
    static SparseMatrix of(SpatialWindow window, Extents input, Weight weight) {
        return PositionMaps.product(alongAxes(window, input, weight));
    }

    /** The same as a map along each axis, which may be applied one after another. */
    static List<SparseMatrix> alongAxes(SpatialWindow window, Extents input, Weight weight) {
        return IntStream.range(0, input.rank())
                .mapToObj(axis -> alongAxis(window, axis, input.size(axis), weight))
                .toList();
    }

    /** Pooling over all positions, which leaves one. */
    static SparseMatrix global(int positions, double weight) {
        double[] row = new double[positions];
        Arrays.fill(row, weight);
        return SparseMatrix.of(new double[][] {row}, positions);
    }

    private static SparseMatrix alongAxis(
            SpatialWindow window, int axis, int input, Weight weight) {
        List<int[]> indices = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        for (int output = 0; output < window.output().size(axis); output++) {
            SortedMap<Integer, Integer> times = seen(window, axis, output, input);
            double divisor =
                    switch (weight) {
                        case SUM -> 1;
                        case MEAN -> window.size().get(axis);
                        case MEAN_OF_SEEN ->
                                times.values().stream().mapToInt(Integer::intValue).sum();
                    };
            indices.add(times.keySet().stream().mapToInt(Integer::intValue).toArray());
            weights.add(times.values().stream().mapToDouble(count -> count / divisor).toArray());
        }
        return new SparseMatrix(input, indices, weights);
    }

    /** How often a window sees which positions; a circular one may go around more than once. */
    private static SortedMap<Integer, Integer> seen(
            SpatialWindow window, int axis, int output, int input) {
        SortedMap<Integer, Integer> times = new TreeMap<>();
        for (int place = 0; place < window.size().get(axis); place++) {
            int position = window.seen(axis, output, place, input);
            if (position != SpatialWindow.OUTSIDE) {
                times.merge(position, 1, Integer::sum);
            }
        }
        return times;
    }
}
