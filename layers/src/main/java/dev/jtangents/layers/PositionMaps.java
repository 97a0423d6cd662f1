package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.SpatialWindow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Linear maps of positions, made of one matrix for each spatial axis. */
final class PositionMaps {
    private PositionMaps() {}

    /** The map of all axes: the Kronecker product of theirs. */
    static SparseMatrix product(List<SparseMatrix> axes) {
        return axes.stream().reduce(unchanged(1), SparseMatrix::times);
    }

    /** The map that changes nothing. */
    static SparseMatrix unchanged(int size) {
        return SparseMatrix.selection(IntStream.range(0, size).toArray(), size);
    }

    /** The position in the middle of a window wherever it stops; to the left of it in even ones. */
    static SparseMatrix centres(Extents input, SpatialWindow window) {
        List<SparseMatrix> axes = new ArrayList<>();
        for (int axis = 0; axis < input.rank(); axis++) {
            int start = (window.size().get(axis) - 1) / 2 - window.padding().get(axis);
            int stride = window.stride().get(axis);
            int[] centres =
                    IntStream.range(0, window.output().size(axis))
                            .map(out -> start + out * stride)
                            .toArray();
            axes.add(SparseMatrix.selection(centres, input.size(axis)));
        }
        return product(axes);
    }

    /** The positions that a transposed window takes to each position, not around the edges. */
    static SparseMatrix transposed(Extents input, SpatialWindow window) {
        List<SparseMatrix> axes = new ArrayList<>();
        for (int axis = 0; axis < input.rank(); axis++) {
            int size = window.size().get(axis);
            int stride = window.stride().get(axis);
            int padding = window.padding().get(axis);
            int positions = input.size(axis);
            axes.add(
                    sums(
                            window.output().size(axis),
                            positions,
                            out ->
                                    IntStream.range(0, positions)
                                            .filter(in -> in * stride - padding <= out)
                                            .filter(in -> out < in * stride - padding + size)
                                            .toArray()));
        }
        return product(axes);
    }

    /** Axes in another order: axis k of the result is axis {@code order.get(k)} of the input. */
    static SparseMatrix permutation(Extents input, List<Integer> order) {
        int[] selected = {0};
        for (int axis : order) {
            int size = input.size(axis);
            int stride =
                    input.sizes().subList(axis + 1, input.rank()).stream()
                            .reduce(1, Math::multiplyExact);
            selected =
                    IntStream.of(selected)
                            .flatMap(
                                    base ->
                                            IntStream.range(0, size)
                                                    .map(index -> base + index * stride))
                            .toArray();
        }
        return SparseMatrix.selection(selected, input.positions());
    }

    /** The sums over the columns that are given for each row. */
    static SparseMatrix sums(int rows, int columns, IntFunction<int[]> row) {
        List<int[]> indices = IntStream.range(0, rows).mapToObj(row).toList();
        List<double[]> ones =
                indices.stream()
                        .map(list -> IntStream.of(list).asDoubleStream().map(i -> 1).toArray())
                        .toList();
        return new SparseMatrix(columns, indices, ones);
    }
}
