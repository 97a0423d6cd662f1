package dev.jtangents.linalg;

import dev.jtangents.panama.OpenBlas;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Named;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

/** The implementations under test and the matrices that they are given. */
final class Samples {
    private static final int MARGIN = 3;

    private Samples() {}

    static Stream<Named<LinearAlgebra>> algebras() {
        return Stream.concat(
                Stream.of(Named.of("Java", new JavaAlgebra("for a test"))),
                OpenBlas.find().stream()
                        .map(found -> Named.of("OpenBLAS", new OpenBlasAlgebra(found))));
    }

    /** Standard normal values. */
    static double[][] normal(Random random, int rows, int columns) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            Arrays.setAll(row, j -> random.nextGaussian());
        }
        return values;
    }

    /** A symmetric positive definite matrix of condition well below 1e6. */
    static double[][] positiveDefinite(Random random, int size) {
        double[][] root = normal(random, size, size);
        double[][] matrix = multiply(root, transpose(root));
        for (int i = 0; i < size; i++) {
            matrix[i][i] += 0.1 * size;
        }
        return matrix;
    }

    static double[][] transpose(double[][] matrix) {
        double[][] transposed = new double[matrix.length == 0 ? 0 : matrix[0].length][];
        Arrays.setAll(transposed, j -> Arrays.stream(matrix).mapToDouble(row -> row[j]).toArray());
        return transposed;
    }

    static double[][] multiply(double[][] a, double[][] b) {
        double[][] product = new double[a.length][b.length == 0 ? 0 : b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                for (int j = 0; j < product[i].length; j++) {
                    product[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return product;
    }

    /** A copy whose elements above the diagonal are all of one value. */
    static double[][] withUpper(double[][] matrix, double value) {
        double[][] lower = new double[matrix.length][];
        for (int i = 0; i < matrix.length; i++) {
            lower[i] = matrix[i].clone();
            Arrays.fill(lower[i], i + 1, lower[i].length, value);
        }
        return lower;
    }

    /** A matrix whose rows lie one after another. */
    static Tensor dense(Arena arena, double[][] values, int columns) {
        Tensor tensor = Tensor.allocate(arena, DType.F64, Shape.of(values.length, columns));
        assign(tensor, values);
        return tensor;
    }

    /** A matrix whose rows lie further apart than they are long, with NaN in between. */
    static Tensor strided(Arena arena, DType dtype, double[][] values, int columns) {
        Tensor around = around(arena, dtype, values.length, columns);
        assign(inside(around), values);
        return inside(around);
    }

    /** A tensor that holds a matrix of NaN and a margin of NaN on each side of it. */
    static Tensor around(Arena arena, DType dtype, int rows, int columns) {
        Tensor around =
                Tensor.allocate(arena, dtype, Shape.of(rows + 2 * MARGIN, columns + 2 * MARGIN));
        for (int i = 0; i < rows + 2 * MARGIN; i++) {
            for (int j = 0; j < columns + 2 * MARGIN; j++) {
                around.set(Double.NaN, i, j);
            }
        }
        return around;
    }

    /** The matrix within the margin. */
    static Tensor inside(Tensor around) {
        return around.slice(0, MARGIN, around.shape().extent(0) - MARGIN)
                .slice(1, MARGIN, around.shape().extent(1) - MARGIN);
    }

    static void assign(Tensor tensor, double[][] values) {
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values[i].length; j++) {
                tensor.set(values[i][j], i, j);
            }
        }
    }

    static double[][] values(Tensor tensor) {
        double[][] values =
                new double[(int) tensor.shape().extent(0)][(int) tensor.shape().extent(1)];
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values[i].length; j++) {
                values[i][j] = tensor.get(i, j);
            }
        }
        return values;
    }

    /** The largest difference between the elements of two matrices; NaN when one of them has it. */
    static double distance(double[][] a, double[][] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                largest = Math.max(largest, Math.abs(a[i][j] - b[i][j]));
            }
        }
        return largest;
    }

    /** The largest absolute value of an element. */
    static double size(double[][] matrix) {
        return distance(
                matrix, new double[matrix.length][matrix.length == 0 ? 0 : matrix[0].length]);
    }
}
