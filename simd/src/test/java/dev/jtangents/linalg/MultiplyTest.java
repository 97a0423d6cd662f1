package dev.jtangents.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.Random;

class MultiplyTest {
    private static final int[] EXTENTS = {0, 1, 2, 3, 7, 16, 33, 64, 100, 130};
    private static final boolean[] FLAGS = {false, true};
    private static final double[] FACTORS = {1, 1, -0.5, 0};
    private static final double[] KEEPS = {0, 1, -2};

    private final Random random = new Random(1);

    private record Product(
            DType dtype,
            int rows,
            int inner,
            int columns,
            boolean transposeA,
            boolean transposeB,
            double factor,
            double keep) {}

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void agreesWithNaiveLoops(LinearAlgebra algebra) {
        for (int rows : EXTENTS) {
            for (int inner : EXTENTS) {
                for (int columns : EXTENTS) {
                    for (boolean transposeA : FLAGS) {
                        for (boolean transposeB : FLAGS) {
                            for (DType dtype : DType.values()) {
                                compare(
                                        algebra,
                                        new Product(
                                                dtype,
                                                rows,
                                                inner,
                                                columns,
                                                transposeA,
                                                transposeB,
                                                FACTORS[random.nextInt(FACTORS.length)],
                                                KEEPS[random.nextInt(KEEPS.length)]));
                            }
                        }
                    }
                }
            }
        }
    }

    private void compare(LinearAlgebra algebra, Product product) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor a = operand(arena, product, product.transposeA, product.rows, product.inner);
            Tensor b = operand(arena, product, product.transposeB, product.inner, product.columns);
            Tensor around = Samples.around(arena, product.dtype, product.rows, product.columns);
            Tensor result = Samples.inside(around);
            double[][] before = new double[product.rows][product.columns];
            if (product.keep != 0) {
                Samples.assign(result, Samples.normal(random, product.rows, product.columns));
                before = Samples.values(result);
            }
            algebra.multiply(
                    product.factor,
                    a,
                    product.transposeA,
                    b,
                    product.transposeB,
                    product.keep,
                    result);
            checkElements(product, a, b, before, result);
            assertEquals(
                    (long) product.rows * product.columns,
                    numbers(around),
                    () -> product + " wrote outside its result");
        }
    }

    private Tensor operand(Arena arena, Product product, boolean transpose, int rows, int columns) {
        double[][] values =
                Samples.normal(random, transpose ? columns : rows, transpose ? rows : columns);
        return Samples.strided(arena, product.dtype, values, transpose ? rows : columns);
    }

    private static void checkElements(
            Product product, Tensor a, Tensor b, double[][] before, Tensor result) {
        double epsilon = product.dtype == DType.F64 ? 0x1p-53 : 0x1p-24;
        Tensor left = product.transposeA ? a.transpose(1, 0) : a;
        Tensor right = product.transposeB ? b.transpose(1, 0) : b;
        double[][] x = Samples.values(left);
        double[][] y = Samples.values(right.transpose(1, 0));
        for (int i = 0; i < product.rows; i++) {
            for (int j = 0; j < product.columns; j++) {
                double sum = 0;
                double size = 0;
                for (int k = 0; k < product.inner; k++) {
                    sum += x[i][k] * y[j][k];
                    size += Math.abs(x[i][k] * y[j][k]);
                }
                double expected = product.factor * sum + product.keep * before[i][j];
                double bound =
                        Math.abs(product.factor) * size + Math.abs(product.keep * before[i][j]);
                double error = Math.abs(result.get(i, j) - expected);
                assertTrue(
                        error <= 2 * epsilon * (product.inner + 3) * bound,
                        () -> product + " is off by " + error);
            }
        }
    }

    private static long numbers(Tensor tensor) {
        long numbers = 0;
        for (double[] row : Samples.values(tensor)) {
            for (double value : row) {
                numbers += Double.isNaN(value) ? 0 : 1;
            }
        }
        return numbers;
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void blocksOfOneArrayMayBeFactorsAndResult(LinearAlgebra algebra) {
        try (Arena arena = Arena.ofConfined()) {
            double[][] values = Samples.normal(random, 9, 9);
            Tensor whole = Samples.dense(arena, values, 9);
            Tensor corner = whole.slice(0, 4, 9).slice(1, 0, 4);
            Tensor last = whole.slice(0, 4, 9).slice(1, 4, 9);
            double[][] expected = Samples.values(last);
            double[][] block = Samples.values(corner);
            double[][] product = Samples.multiply(block, Samples.transpose(block));
            for (int i = 0; i < 5; i++) {
                for (int j = 0; j < 5; j++) {
                    expected[i][j] -= product[i][j];
                }
            }
            algebra.multiply(-1, corner, false, corner, true, 1, last);
            assertTrue(Samples.distance(expected, Samples.values(last)) < 1e-14);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void oneRowOrColumnOfATransposedViewIsAMatrix(LinearAlgebra algebra) {
        try (Arena arena = Arena.ofConfined()) {
            double[][] values = Samples.normal(random, 4, 3);
            Tensor tensor = Samples.dense(arena, values, 3);
            Tensor column = tensor.slice(1, 1, 2);
            Tensor result = Samples.dense(arena, new double[1][1], 1);
            algebra.multiply(1, column, true, column, false, 0, result);
            double expected = 0;
            for (double[] row : values) {
                expected += row[1] * row[1];
            }
            assertEquals(expected, result.get(0, 0), 1e-14);
        }
    }
}
