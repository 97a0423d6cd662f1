package dev.jtangents.graph.finite;

import dev.jtangents.graph.SparseMatrix;

/**
 * A sparse matrix as its entries one after another, row by row.
 *
 * @param columns the number of columns
 * @param starts for each row its first entry, and at last the number of all
 * @param indices for each entry its column
 * @param weights for each entry its value
 */
record CompressedRows(int columns, int[] starts, int[] indices, double[] weights) {
    static CompressedRows of(SparseMatrix matrix) {
        int[] starts = new int[matrix.rows() + 1];
        for (int row = 0; row < matrix.rows(); row++) {
            starts[row + 1] = starts[row] + matrix.indices().get(row).length;
        }
        int[] indices = new int[starts[matrix.rows()]];
        double[] weights = new double[indices.length];
        for (int row = 0; row < matrix.rows(); row++) {
            int length = starts[row + 1] - starts[row];
            System.arraycopy(matrix.indices().get(row), 0, indices, starts[row], length);
            System.arraycopy(matrix.weights().get(row), 0, weights, starts[row], length);
        }
        return new CompressedRows(matrix.columns(), starts, indices, weights);
    }

    int rows() {
        return starts.length - 1;
    }

    /** The first entry of a row. */
    int start(int row) {
        return starts[row];
    }

    int column(int entry) {
        return indices[entry];
    }

    double weight(int entry) {
        return weights[entry];
    }

    void multiply(double[] x, double[] result) {
        for (int row = 0; row < rows(); row++) {
            double sum = 0;
            for (int entry = starts[row]; entry < starts[row + 1]; entry++) {
                sum += weights[entry] * x[indices[entry]];
            }
            result[row] = sum;
        }
    }

    CompressedRows transposed() {
        int[] first = new int[columns + 1];
        for (int column : indices) {
            first[column + 1]++;
        }
        for (int column = 0; column < columns; column++) {
            first[column + 1] += first[column];
        }
        int[] rowOf = new int[indices.length];
        double[] weightOf = new double[indices.length];
        int[] next = first.clone();
        for (int row = 0; row < rows(); row++) {
            for (int entry = starts[row]; entry < starts[row + 1]; entry++) {
                int place = next[indices[entry]]++;
                rowOf[place] = row;
                weightOf[place] = weights[entry];
            }
        }
        return new CompressedRows(rows(), first, rowOf, weightOf);
    }

    boolean isPermutation() {
        if (rows() != columns || indices.length != columns) {
            return false;
        }
        boolean[] taken = new boolean[columns];
        for (int row = 0; row < rows(); row++) {
            if (starts[row + 1] - starts[row] != 1
                    || weights[starts[row]] != 1
                    || taken[indices[starts[row]]]) {
                return false;
            }
            taken[indices[starts[row]]] = true;
        }
        return true;
    }
}
