package dev.jtangents.graph;

import java.util.List;

/** Concatenations and maps of examples by their definition. */
final class DenseJoins {
    private DenseJoins() {}

    static double[][] dense(SparseMatrix matrix) {
        double[][] dense = new double[matrix.rows()][matrix.columns()];
        for (int row = 0; row < dense.length; row++) {
            for (int k = 0; k < matrix.indices().get(row).length; k++) {
                dense[row][matrix.indices().get(row)[k]] += matrix.weights().get(row)[k];
            }
        }
        return dense;
    }

    /** Inputs next to one another along an axis, uncorrelated. */
    static DenseKernel positions(List<DenseKernel> inputs, Extents output, int axis) {
        int[] part = new int[output.positions()];
        int[] from = new int[output.positions()];
        for (int p = 0; p < part.length; p++) {
            int[] coordinates = output.coordinates(p);
            while (coordinates[axis] >= inputs.get(part[p]).extents().size(axis)) {
                coordinates[axis] -= inputs.get(part[p]).extents().size(axis);
                part[p]++;
            }
            from[p] = inputs.get(part[p]).extents().position(coordinates);
        }
        return inputs.getFirst()
                .with(
                        output,
                        (i, j, p, q) ->
                                part[p] == part[q]
                                        ? inputs.get(part[p]).nngp(i, j, from[p], from[q])
                                        : 0,
                        (i, j, p, q) ->
                                part[p] == part[q]
                                        ? inputs.get(part[p]).ntk(i, j, from[p], from[q])
                                        : 0);
    }

    /** A matrix over the examples of each batch. */
    static DenseKernel mapped(DenseKernel in, SparseMatrix first, SparseMatrix second) {
        double[][] one = dense(first);
        double[][] other = in.columns() == 0 ? new double[0][] : dense(second);
        double[][] both = new double[one.length + other.length][in.examples()];
        for (int row = 0; row < both.length; row++) {
            boolean isFirst = row < one.length;
            double[] weights = isFirst ? one[row] : other[row - one.length];
            System.arraycopy(weights, 0, both[row], isFirst ? 0 : in.rows(), weights.length);
        }
        return DenseKernel.of(
                one.length,
                other.length,
                in.extents(),
                (i, j, p, q) -> sum(both[i], both[j], in::nngp, p, q),
                (i, j, p, q) -> sum(both[i], both[j], in::ntk, p, q));
    }

    private static double sum(
            double[] left, double[] right, DenseKernel.Entry entry, int p, int q) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            for (int j = 0; j < right.length; j++) {
                if (left[i] != 0 && right[j] != 0) {
                    sum += left[i] * right[j] * entry.get(i, j, p, q);
                }
            }
        }
        return sum;
    }

    /** The examples of inputs one after another, uncorrelated. */
    static DenseKernel examples(List<DenseKernel> inputs) {
        int rows = inputs.stream().mapToInt(DenseKernel::rows).sum();
        int columns = inputs.stream().mapToInt(DenseKernel::columns).sum();
        int[] part = new int[rows + columns];
        int[] from = new int[rows + columns];
        int nextRow = 0;
        int nextColumn = rows;
        for (int k = 0; k < inputs.size(); k++) {
            DenseKernel input = inputs.get(k);
            for (int example = 0; example < input.examples(); example++) {
                int at = input.isFirst(example) ? nextRow++ : nextColumn++;
                part[at] = k;
                from[at] = example;
            }
        }
        return DenseKernel.of(
                rows,
                columns,
                inputs.getFirst().extents(),
                (i, j, p, q) ->
                        part[i] == part[j] ? inputs.get(part[i]).nngp(from[i], from[j], p, q) : 0,
                (i, j, p, q) ->
                        part[i] == part[j] ? inputs.get(part[i]).ntk(from[i], from[j], p, q) : 0);
    }
}
