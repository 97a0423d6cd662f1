package dev.jtangents.linalg;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.exception.MathRuntimeException;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.RealMatrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Linear algebra in plain Java, for where OpenBLAS is not: simple before fast. Sums run in f64,
 * also those of f32 matrices.
 */
final class JavaAlgebra extends CheckedAlgebra {
    /** Blocks of a product: together they fit a second-level cache. */
    private static final int BLOCK_ROWS = 64;

    private static final int BLOCK_INNER = 128;
    private static final int BLOCK_COLUMNS = 128;

    /** Triangles of up to this order are solved row by row, larger ones through products. */
    private static final int SMALL_TRIANGLE = 32;

    /** The most steps of the condition estimate, which rarely takes more than two. */
    private static final int CONDITION_STEPS = 5;

    private final String reason;

    /**
     * @param reason why OpenBLAS does not run
     */
    JavaAlgebra(String reason) {
        this.reason = reason;
    }

    @Override
    public String description() {
        return "plain Java (" + reason + ")";
    }

    @Override
    void product(
            double factor,
            Matrix a,
            boolean transposeA,
            Matrix b,
            boolean transposeB,
            double keep,
            Matrix result) {
        int inner = transposeA ? a.rows() : a.columns();
        int mostRows = Math.min(BLOCK_ROWS, result.rows());
        int mostInner = Math.min(BLOCK_INNER, inner);
        int mostColumns = Math.min(BLOCK_COLUMNS, result.columns());
        double[] left = new double[mostRows * mostInner];
        double[] right = new double[mostInner * mostColumns];
        double[] sums = new double[mostRows * mostColumns];
        for (int column = 0; column < result.columns(); column += mostColumns) {
            int columns = Math.min(mostColumns, result.columns() - column);
            for (int row = 0; row < result.rows(); row += mostRows) {
                int rows = Math.min(mostRows, result.rows() - row);
                Arrays.fill(sums, 0);
                for (int step = 0; step < inner; step += mostInner) {
                    int depth = Math.min(mostInner, inner - step);
                    pack(a, transposeA, row, rows, step, depth, left);
                    pack(b, transposeB, step, depth, column, columns, right);
                    addProduct(left, right, rows, depth, columns, sums);
                }
                store(factor, sums, keep, result.block(row, row + rows, column, column + columns));
            }
        }
    }

    /** Copies a block of op(source) into an array, row by row; reads along the source's rows. */
    private static void pack(
            Matrix source,
            boolean transpose,
            int row,
            int rows,
            int column,
            int columns,
            double[] target) {
        if (transpose) {
            for (int j = 0; j < columns; j++) {
                for (int i = 0; i < rows; i++) {
                    target[i * columns + j] = source.get(column + j, row + i);
                }
            }
        } else {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    target[i * columns + j] = source.get(row + i, column + j);
                }
            }
        }
    }

    /** Innermost runs along a row of sums, the one order that compiles to vectors. */
    private static void addProduct(
            double[] left, double[] right, int rows, int depth, int columns, double[] sums) {
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < depth; k++) {
                double scale = left[i * depth + k];
                for (int j = 0; j < columns; j++) {
                    sums[i * columns + j] += scale * right[k * columns + j];
                }
            }
        }
    }

    private static void store(double factor, double[] sums, double keep, Matrix result) {
        for (int i = 0; i < result.rows(); i++) {
            for (int j = 0; j < result.columns(); j++) {
                double value = factor * sums[i * result.columns() + j];
                result.set(i, j, keep == 0 ? value : value + keep * result.get(i, j));
            }
        }
    }

    @Override
    int factor(Matrix matrix) {
        for (int row = 0; row < matrix.rows(); row++) {
            for (int column = 0; column < row; column++) {
                double rest = matrix.get(row, column) - dot(matrix, row, column, column);
                matrix.set(row, column, rest / matrix.get(column, column));
            }
            double pivot = matrix.get(row, row) - dot(matrix, row, row, row);
            if (!(pivot > 0)) {
                return row + 1;
            }
            matrix.set(row, row, Math.sqrt(pivot));
        }
        return 0;
    }

    /** The product of the starts of two rows, in four sums that need not wait for one another. */
    private static double dot(Matrix matrix, int row, int other, int length) {
        if (matrix.dtype() == DType.F32) {
            double sum = 0;
            for (int k = 0; k < length; k++) {
                sum += matrix.get(row, k) * matrix.get(other, k);
            }
            return sum;
        }
        MemorySegment segment = matrix.segment();
        long x = matrix.index(row, 0);
        long y = matrix.index(other, 0);
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int k = 0;
        for (; k < length - 3; k += 4) {
            sum0 += product(segment, x + k, y + k);
            sum1 += product(segment, x + k + 1, y + k + 1);
            sum2 += product(segment, x + k + 2, y + k + 2);
            sum3 += product(segment, x + k + 3, y + k + 3);
        }
        for (; k < length; k++) {
            sum0 += product(segment, x + k, y + k);
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    private static double product(MemorySegment segment, long x, long y) {
        return segment.getAtIndex(ValueLayout.JAVA_DOUBLE, x)
                * segment.getAtIndex(ValueLayout.JAVA_DOUBLE, y);
    }

    /** Halves the triangle: L = [P 0; Q R] is P, a product with Q, and R. */
    @Override
    void solve(Matrix lower, boolean transpose, Matrix right) {
        int size = lower.rows();
        if (size <= SMALL_TRIANGLE) {
            solveSmall(lower, transpose, right);
            return;
        }
        int half = size / 2;
        Matrix corner = lower.block(half, size, 0, half);
        Matrix first = lower.block(0, half, 0, half);
        Matrix last = lower.block(half, size, half, size);
        Matrix top = right.block(0, half, 0, right.columns());
        Matrix bottom = right.block(half, size, 0, right.columns());
        if (transpose) {
            solve(last, true, bottom);
            product(-1, corner, true, bottom, false, 1, top);
            solve(first, true, top);
        } else {
            solve(first, false, top);
            product(-1, corner, false, top, false, 1, bottom);
            solve(last, false, bottom);
        }
    }

    private static void solveSmall(Matrix lower, boolean transpose, Matrix right) {
        int size = lower.rows();
        for (int step = 0; step < size; step++) {
            int row = transpose ? size - 1 - step : step;
            for (int done = 0; done < step; done++) {
                int other = transpose ? size - 1 - done : done;
                double scale = transpose ? lower.get(other, row) : lower.get(row, other);
                for (int j = 0; j < right.columns(); j++) {
                    right.set(row, j, right.get(row, j) - scale * right.get(other, j));
                }
            }
            double diagonal = lower.get(row, row);
            for (int j = 0; j < right.columns(); j++) {
                right.set(row, j, right.get(row, j) / diagonal);
            }
        }
    }

    /** Halves the triangle, as {@link #solve} does. */
    @Override
    void solveRows(Matrix lower, boolean transpose, Matrix rows) {
        int size = lower.rows();
        if (size <= SMALL_TRIANGLE) {
            solveSmallRows(lower, transpose, rows);
            return;
        }
        int half = size / 2;
        Matrix corner = lower.block(half, size, 0, half);
        Matrix first = lower.block(0, half, 0, half);
        Matrix last = lower.block(half, size, half, size);
        Matrix left = rows.block(0, rows.rows(), 0, half);
        Matrix right = rows.block(0, rows.rows(), half, size);
        if (transpose) {
            solveRows(last, true, right);
            product(-1, right, false, corner, false, 1, left);
            solveRows(first, true, left);
        } else {
            solveRows(first, false, left);
            product(-1, left, false, corner, true, 1, right);
            solveRows(last, false, right);
        }
    }

    private static void solveSmallRows(Matrix lower, boolean transpose, Matrix rows) {
        int size = lower.rows();
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < size; step++) {
                int column = transpose ? size - 1 - step : step;
                double rest = rows.get(row, column);
                for (int done = 0; done < step; done++) {
                    int other = transpose ? size - 1 - done : done;
                    double scale = transpose ? lower.get(other, column) : lower.get(column, other);
                    rest -= rows.get(row, other) * scale;
                }
                rows.set(row, column, rest / lower.get(column, column));
            }
        }
    }

    /**
     * Hager's estimate of the 1-norm of the inverse with Higham's safeguard, as in LAPACK's dlacn2:
     * climbs to a unit vector that the inverse stretches most, then compares with a vector of
     * alternating signs, against which the climb is known to fail. Both are lower bounds of the
     * norm, rarely below a third of it.
     */
    @Override
    double condition(Matrix factor, double norm) {
        int size = factor.rows();
        double[] start = new double[size];
        Arrays.fill(start, 1.0 / size);
        double inverseNorm = 0;
        for (int step = 0; step < CONDITION_STEPS; step++) {
            double[] stretched = applyInverse(factor, start);
            double sum = absoluteSum(stretched);
            if (step > 0 && sum <= inverseNorm) {
                break;
            }
            inverseNorm = sum;
            double[] gradient =
                    applyInverse(
                            factor,
                            Arrays.stream(stretched).map(x -> Math.copySign(1, x)).toArray());
            int steepest = steepest(gradient);
            start = new double[size];
            start[steepest] = 1;
        }
        double[] alternating = new double[size];
        for (int i = 0; i < size; i++) {
            alternating[i] = (i % 2 == 0 ? 1 : -1) * (1 + (double) i / Math.max(size - 1, 1));
        }
        double safeguard = 2 * absoluteSum(applyInverse(factor, alternating)) / (3.0 * size);
        return 1 / Math.max(inverseNorm, safeguard) / norm;
    }

    private double[] applyInverse(Matrix factor, double[] vector) {
        double[] solution = vector.clone();
        Matrix right =
                new Matrix(
                        "vector",
                        MemorySegment.ofArray(solution),
                        DType.F64,
                        solution.length,
                        1,
                        1);
        solve(factor, false, right);
        solve(factor, true, right);
        return solution;
    }

    private static double absoluteSum(double[] vector) {
        return Arrays.stream(vector).map(Math::abs).sum();
    }

    private static int steepest(double[] gradient) {
        int steepest = 0;
        for (int i = 1; i < gradient.length; i++) {
            if (Math.abs(gradient[i]) > Math.abs(gradient[steepest])) {
                steepest = i;
            }
        }
        return steepest;
    }

    @Override
    void eigen(Matrix matrix, Tensor values) {
        int size = matrix.rows();
        double[][] full = new double[size][size];
        for (int row = 0; row < size; row++) {
            for (int column = 0; column <= row; column++) {
                full[row][column] = matrix.get(row, column);
                full[column][row] = full[row][column];
            }
        }
        double shift = 0;
        EigenDecompositionSymmetric decomposition;
        try {
            decomposition = decompose(full);
        } catch (MathRuntimeException notConverged) {
            // The library's iteration may stall at eigenvalues that are only rounding beside the
            // largest, as low-rank kernels have; it does not where all are of one size.
            shift = shift(matrix);
            for (int i = 0; i < size; i++) {
                full[i][i] += shift;
            }
            decomposition = decomposeOrFail(full);
        }
        RealMatrix vectors = decomposition.getVT();
        double[] sorted = decomposition.getEigenvalues();
        for (int row = 0; row < size; row++) {
            values.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, row, sorted[row] - shift);
            for (int column = 0; column < size; column++) {
                matrix.set(row, column, vectors.getEntry(row, column));
            }
        }
    }

    private static double shift(Matrix matrix) {
        double largest = 0;
        for (int i = 0; i < matrix.rows(); i++) {
            largest = Math.max(largest, Math.abs(matrix.get(i, i)));
        }
        return 2 * largest;
    }

    private static EigenDecompositionSymmetric decompose(double[][] symmetric) {
        return new EigenDecompositionSymmetric(new Array2DRowRealMatrix(symmetric, true), 0, false);
    }

    private static EigenDecompositionSymmetric decomposeOrFail(double[][] symmetric) {
        try {
            return decompose(symmetric);
        } catch (MathRuntimeException notConverged) {
            ArithmeticException failure =
                    new ArithmeticException(
                            "The eigenvalues of a matrix of "
                                    + symmetric.length
                                    + " rows did not converge.");
            failure.initCause(notConverged);
            throw failure;
        }
    }
}
