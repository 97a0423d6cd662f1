package dev.jtangents.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A constant matrix with few entries, row by row: a linear map of positions or of examples.
 *
 * @param columns the number of columns
 * @param indices of each row, the columns of its entries
 * @param weights of each row, the values of its entries
 */
public record SparseMatrix(int columns, List<int[]> indices, List<double[]> weights) {
    public SparseMatrix {
        indices = List.copyOf(indices);
        weights = List.copyOf(weights);
        for (int row = 0; row < indices.size(); row++) {
            if (indices.get(row).length != weights.get(row).length) {
                throw new IllegalArgumentException("A row has a weight for each of its columns");
            }
            for (int column : indices.get(row)) {
                if (column < 0 || column >= columns) {
                    throw new IllegalArgumentException("Column " + column + " of " + columns);
                }
            }
        }
    }

    /** The number of rows. */
    public int rows() {
        return indices.size();
    }

    /** The matrix of these rows, without their zeros. */
    public static SparseMatrix of(double[][] rows, int columns) {
        List<int[]> indices = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        for (double[] row : rows) {
            int[] nonzero = IntStream.range(0, columns).filter(c -> row[c] != 0).toArray();
            indices.add(nonzero);
            weights.add(IntStream.of(nonzero).mapToDouble(c -> row[c]).toArray());
        }
        return new SparseMatrix(columns, indices, weights);
    }

    /** The matrix that takes these rows of what it is applied to. */
    public static SparseMatrix selection(int[] selected, int columns) {
        List<int[]> indices = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        for (int column : selected) {
            indices.add(new int[] {column});
            weights.add(new double[] {1});
        }
        return new SparseMatrix(columns, indices, weights);
    }

    /** The Kronecker product: this matrix on the slower axis, another on the faster one. */
    public SparseMatrix times(SparseMatrix faster) {
        List<int[]> newIndices = new ArrayList<>();
        List<double[]> newWeights = new ArrayList<>();
        for (int row = 0; row < rows(); row++) {
            for (int other = 0; other < faster.rows(); other++) {
                int[] left = indices.get(row);
                int[] right = faster.indices.get(other);
                int[] both = new int[left.length * right.length];
                double[] products = new double[both.length];
                for (int i = 0; i < both.length; i++) {
                    int l = i / right.length;
                    int r = i % right.length;
                    both[i] = left[l] * faster.columns + right[r];
                    products[i] = weights.get(row)[l] * faster.weights.get(other)[r];
                }
                newIndices.add(both);
                newWeights.add(products);
            }
        }
        return new SparseMatrix(
                Math.multiplyExact(columns, faster.columns), newIndices, newWeights);
    }

    /** Rows and columns exchanged. */
    SparseMatrix transposed() {
        List<List<Integer>> rowsOf = new ArrayList<>();
        List<List<Double>> weightsOf = new ArrayList<>();
        for (int column = 0; column < columns; column++) {
            rowsOf.add(new ArrayList<>());
            weightsOf.add(new ArrayList<>());
        }
        for (int row = 0; row < rows(); row++) {
            for (int i = 0; i < indices.get(row).length; i++) {
                rowsOf.get(indices.get(row)[i]).add(row);
                weightsOf.get(indices.get(row)[i]).add(weights.get(row)[i]);
            }
        }
        return new SparseMatrix(
                rows(),
                rowsOf.stream()
                        .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                        .toList(),
                weightsOf.stream()
                        .map(list -> list.stream().mapToDouble(Double::doubleValue).toArray())
                        .toList());
    }
}
