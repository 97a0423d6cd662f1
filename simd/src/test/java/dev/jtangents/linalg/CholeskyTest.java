package dev.jtangents.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.Random;

class CholeskyTest {
    private static final int[] SIZES = {0, 1, 2, 3, 7, 16, 33, 64, 100, 130, 257};
    private static final int[] RIGHT_HAND_SIDES = {0, 1, 2, 33};
    private static final double ABOVE = Double.NaN;

    private final Random random = new Random(2);

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void theFactorReproducesTheMatrixAndLeavesTheUpperTriangle(LinearAlgebra algebra) {
        for (int size : SIZES) {
            try (Arena arena = Arena.ofConfined()) {
                double[][] matrix = Samples.positiveDefinite(random, size);
                Tensor factor =
                        Samples.strided(arena, DType.F64, Samples.withUpper(matrix, ABOVE), size);
                assertEquals(0, algebra.cholesky(factor));
                double[][] whole = Samples.values(factor);
                double[][] lower = Samples.withUpper(whole, 0);
                double[][] product = Samples.multiply(lower, Samples.transpose(lower));
                assertTrue(Samples.distance(product, matrix) <= 1e-14 * (1 + Samples.size(matrix)));
                for (int i = 0; i < size; i++) {
                    for (int j = i + 1; j < size; j++) {
                        assertTrue(Double.isNaN(whole[i][j]), "the upper triangle was written");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void theFirstMinorThatIsNotPositiveIsReported(LinearAlgebra algebra) {
        for (int size : new int[] {1, 2, 7, 64, 130, 257}) {
            for (int bad : new int[] {0, size / 2, size - 1}) {
                for (double value : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
                    double[][] matrix = Samples.positiveDefinite(random, size);
                    matrix[bad][bad] = value;
                    checkMinor(algebra, bad + 1, matrix);
                    if (!Double.isFinite(value)) {
                        matrix = Samples.positiveDefinite(random, size);
                        matrix[bad][0] = value;
                        checkMinor(algebra, bad + 1, matrix);
                    }
                }
            }
        }
    }

    private static void checkMinor(LinearAlgebra algebra, int minor, double[][] matrix) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Samples.dense(arena, Samples.withUpper(matrix, ABOVE), matrix.length);
            assertEquals(minor, algebra.cholesky(tensor), () -> "of " + matrix.length);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void aFailureBeforeAnInfiniteRowComesFirst(LinearAlgebra algebra) {
        double[][] matrix = Samples.positiveDefinite(random, 9);
        matrix[4][4] = -1;
        matrix[6][2] = Double.NaN;
        checkMinor(algebra, 5, matrix);
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void solvesWithTheFactor(LinearAlgebra algebra) {
        for (int size : SIZES) {
            for (int columns : RIGHT_HAND_SIDES) {
                try (Arena arena = Arena.ofConfined()) {
                    double[][] matrix = Samples.positiveDefinite(random, size);
                    double[][] solution = Samples.normal(random, size, columns);
                    Tensor factor =
                            Samples.strided(
                                    arena, DType.F64, Samples.withUpper(matrix, ABOVE), size);
                    Tensor right =
                            Samples.strided(
                                    arena, DType.F64, Samples.multiply(matrix, solution), columns);
                    algebra.cholesky(factor);
                    algebra.choleskySolve(factor, right);
                    assertTrue(Samples.distance(solution, Samples.values(right)) < 1e-10);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void solvesTriangles(LinearAlgebra algebra) {
        for (int size : SIZES) {
            for (int columns : RIGHT_HAND_SIDES) {
                checkTriangle(algebra, size, columns, false);
                checkTriangle(algebra, size, columns, true);
            }
        }
    }

    private void checkTriangle(LinearAlgebra algebra, int size, int columns, boolean transpose) {
        double[][] lower = Samples.withUpper(Samples.normal(random, size, size), 0);
        for (int i = 0; i < size; i++) {
            lower[i][i] = size + 1;
        }
        double[][] solution = Samples.normal(random, size, columns);
        double[][] right = Samples.multiply(transpose ? Samples.transpose(lower) : lower, solution);
        try (Arena arena = Arena.ofConfined()) {
            Tensor triangle =
                    Samples.strided(arena, DType.F64, Samples.withUpper(lower, ABOVE), size);
            Tensor tensor = Samples.strided(arena, DType.F64, right, columns);
            algebra.triangularSolve(triangle, transpose, tensor);
            assertTrue(Samples.distance(solution, Samples.values(tensor)) < 1e-13);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void theNormIsTheLargestSumOfAColumn(LinearAlgebra algebra) {
        for (int size : SIZES) {
            try (Arena arena = Arena.ofConfined()) {
                double[][] matrix = Samples.positiveDefinite(random, size);
                Tensor tensor =
                        Samples.strided(arena, DType.F64, Samples.withUpper(matrix, ABOVE), size);
                double norm = norm(matrix);
                assertEquals(norm, algebra.symmetricNorm(tensor), 1e-14 * norm);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void theNormOfANotANumberIsNotANumber(LinearAlgebra algebra) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Samples.dense(arena, new double[][] {{1, 2}, {Double.NaN, 1}}, 2);
            assertTrue(Double.isNaN(algebra.symmetricNorm(tensor)));
        }
    }

    /** Hilbert's matrices, whose inverses are known exactly, have conditions up to 1e13 here. */
    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void estimatesTheConditionOfHilbertMatrices(LinearAlgebra algebra) {
        for (int size = 1; size <= 10; size++) {
            double[][] hilbert = new double[size][size];
            double[][] inverse = new double[size][size];
            for (int i = 1; i <= size; i++) {
                for (int j = 1; j <= size; j++) {
                    hilbert[i - 1][j - 1] = 1.0 / (i + j - 1);
                    inverse[i - 1][j - 1] =
                            (i + j - 1)
                                    * binomial(size + i - 1, size - j)
                                    * binomial(size + j - 1, size - i)
                                    * Math.pow(binomial(i + j - 2, i - 1), 2);
                }
            }
            checkCondition(algebra, hilbert, 1 / norm(hilbert) / norm(inverse));
        }
    }

    private static double binomial(int n, int k) {
        double value = 1;
        for (int i = 1; i <= k; i++) {
            value = value * (n - k + i) / i;
        }
        return value;
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void estimatesTheConditionOfRandomMatrices(LinearAlgebra algebra) {
        for (int size : new int[] {1, 2, 16, 100}) {
            double[][] matrix = Samples.positiveDefinite(random, size);
            try (Arena arena = Arena.ofConfined()) {
                double[][] identity = new double[size][size];
                for (int i = 0; i < size; i++) {
                    identity[i][i] = 1;
                }
                Tensor factor = Samples.dense(arena, matrix, size);
                Tensor inverse = Samples.dense(arena, identity, size);
                algebra.cholesky(factor);
                algebra.choleskySolve(factor, inverse);
                double truth = 1 / norm(matrix) / norm(Samples.values(inverse));
                checkCondition(algebra, matrix, truth);
            }
        }
    }

    private static void checkCondition(LinearAlgebra algebra, double[][] matrix, double truth) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor factor =
                    Samples.strided(
                            arena, DType.F64, Samples.withUpper(matrix, ABOVE), matrix.length);
            double norm = algebra.symmetricNorm(factor);
            assertEquals(0, algebra.cholesky(factor));
            double estimate = algebra.reciprocalCondition(factor, norm);
            assertTrue(
                    estimate >= 0.9 * truth && estimate <= 10 * truth,
                    () -> estimate + " for " + truth);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void theConditionHasLimits(LinearAlgebra algebra) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor identity = Samples.dense(arena, new double[][] {{1, 0}, {0, 1}}, 2);
            Tensor singular = Samples.dense(arena, new double[][] {{1, 0}, {1, 0}}, 2);
            Tensor empty = Samples.dense(arena, new double[0][0], 0);
            assertEquals(1, algebra.reciprocalCondition(identity, 1));
            assertEquals(0, algebra.reciprocalCondition(identity, 0));
            assertEquals(0, algebra.reciprocalCondition(singular, 2));
            assertEquals(1, algebra.reciprocalCondition(empty, 0));
        }
    }

    private static double norm(double[][] matrix) {
        double norm = 0;
        for (double[] row : matrix) {
            double sum = 0;
            for (double value : row) {
                sum += Math.abs(value);
            }
            norm = Math.max(norm, sum);
        }
        return norm;
    }
}
