package dev.jtangents.graph;

/**
 * The kernel of all examples of both batches, one batch after the other, at all pairs of positions.
 * Its blocks on the diagonal are the covariances of each batch with itself.
 */
final class DenseKernel {
    /** An entry of a kernel: examples i and j at positions p and q. */
    @FunctionalInterface
    interface Entry {
        double get(int i, int j, int p, int q);
    }

    /** A factor of an example at a position. */
    @FunctionalInterface
    interface Factor {
        double get(int example, int position);
    }

    /** An entry of the matrix of an example, from a position of the input to one of the output. */
    @FunctionalInterface
    interface Matrix {
        double get(int example, int out, int in);
    }

    private final int rows;
    private final int columns;
    private final Extents extents;
    private final double[][][][] nngp;
    private final double[][][][] ntk;

    private DenseKernel(int rows, int columns, Extents extents, Entry nngp, Entry ntk) {
        this.rows = rows;
        this.columns = columns;
        this.extents = extents;
        this.nngp = all(nngp);
        this.ntk = all(ntk);
    }

    /** A kernel of so many examples of the first batch, and of a second, if there is one. */
    static DenseKernel of(int rows, int columns, Extents extents, Entry nngp, Entry ntk) {
        return new DenseKernel(rows, columns, extents, nngp, ntk);
    }

    private double[][][][] all(Entry entry) {
        int positions = extents.positions();
        double[][][][] all = new double[examples()][examples()][positions][positions];
        for (int i = 0; i < examples(); i++) {
            for (int j = 0; j < examples(); j++) {
                for (int p = 0; p < positions; p++) {
                    for (int q = 0; q < positions; q++) {
                        all[i][j][p][q] = entry.get(i, j, p, q);
                    }
                }
            }
        }
        return all;
    }

    /** Another kernel of the same examples and positions. */
    DenseKernel same(Entry otherNngp, Entry otherNtk) {
        return with(extents, otherNngp, otherNtk);
    }

    /** Another kernel of the same examples. */
    DenseKernel with(Extents other, Entry otherNngp, Entry otherNtk) {
        return new DenseKernel(rows, columns, other, otherNngp, otherNtk);
    }

    /** Times a factor of both examples. */
    DenseKernel scaled(Factor factor) {
        double[][] factors = new double[examples()][positions()];
        for (int i = 0; i < examples(); i++) {
            for (int p = 0; p < positions(); p++) {
                factors[i][p] = factor.get(i, p);
            }
        }
        return same(
                (i, j, p, q) -> factors[i][p] * factors[j][q] * nngp(i, j, p, q),
                (i, j, p, q) -> factors[i][p] * factors[j][q] * ntk(i, j, p, q));
    }

    /** M1 K M2ᵀ with a matrix of each example. */
    DenseKernel mixed(Extents output, Matrix matrix) {
        double[][][] matrices = new double[examples()][output.positions()][positions()];
        for (int i = 0; i < examples(); i++) {
            for (int out = 0; out < output.positions(); out++) {
                for (int p = 0; p < positions(); p++) {
                    matrices[i][out][p] = matrix.get(i, out, p);
                }
            }
        }
        double[][][][] mixedNngp = new double[examples()][examples()][][];
        double[][][][] mixedNtk = new double[examples()][examples()][][];
        for (int i = 0; i < examples(); i++) {
            for (int j = 0; j < examples(); j++) {
                mixedNngp[i][j] = product(matrices[i], nngp[i][j], matrices[j]);
                mixedNtk[i][j] = product(matrices[i], ntk[i][j], matrices[j]);
            }
        }
        return with(
                output,
                (i, j, p, q) -> mixedNngp[i][j][p][q],
                (i, j, p, q) -> mixedNtk[i][j][p][q]);
    }

    private static double[][] product(double[][] left, double[][] kernel, double[][] right) {
        double[][] half = new double[left.length][kernel.length];
        for (int out = 0; out < left.length; out++) {
            for (int q = 0; q < kernel.length; q++) {
                for (int p = 0; p < kernel.length; p++) {
                    half[out][q] += left[out][p] * kernel[p][q];
                }
            }
        }
        double[][] whole = new double[left.length][right.length];
        for (int out = 0; out < left.length; out++) {
            for (int other = 0; other < right.length; other++) {
                for (int q = 0; q < kernel.length; q++) {
                    whole[out][other] += half[out][q] * right[other][q];
                }
            }
        }
        return whole;
    }

    /** A constant of an example of either batch. */
    double constant(PerExample values, int example, int index) {
        return isFirst(example)
                ? values.get(Side.FIRST, example, index)
                : values.get(Side.SECOND, example - rows, index);
    }

    boolean isFirst(int example) {
        return example < rows;
    }

    int rows() {
        return rows;
    }

    /** Examples of the second batch, 0 when it is the first again. */
    int columns() {
        return columns;
    }

    int examples() {
        return rows + columns;
    }

    Extents extents() {
        return extents;
    }

    int positions() {
        return extents.positions();
    }

    double nngp(int i, int j, int p, int q) {
        return nngp[i][j][p][q];
    }

    double ntk(int i, int j, int p, int q) {
        return ntk[i][j][p][q];
    }
}
