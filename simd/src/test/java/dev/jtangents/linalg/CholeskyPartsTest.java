package dev.jtangents.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.Random;

/** What a Cholesky factorisation in blocks is made of, and all of it in f32. */
class CholeskyPartsTest {
    private static final int[] SIZES = {0, 1, 2, 7, 33, 100, 130};

    private final Random random = new Random(3);

    private static double rounding(DType dtype) {
        return dtype == DType.F64 ? 1e-12 : 1e-4;
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void solvesForRows(LinearAlgebra algebra) {
        for (DType dtype : DType.values()) {
            for (int size : SIZES) {
                for (int rows : new int[] {0, 1, 5, 70}) {
                    checkRows(algebra, dtype, size, rows, false);
                    checkRows(algebra, dtype, size, rows, true);
                }
            }
        }
    }

    private void checkRows(
            LinearAlgebra algebra, DType dtype, int size, int rows, boolean transpose) {
        double[][] lower = Samples.withUpper(Samples.normal(random, size, size), 0);
        for (int i = 0; i < size; i++) {
            lower[i][i] = size + 1;
        }
        double[][] solution = Samples.normal(random, rows, size);
        double[][] product =
                Samples.multiply(solution, transpose ? lower : Samples.transpose(lower));
        try (Arena arena = Arena.ofConfined()) {
            Tensor triangle =
                    Samples.strided(arena, dtype, Samples.withUpper(lower, Double.NaN), size);
            Tensor tensor = Samples.strided(arena, dtype, product, size);
            algebra.triangularSolveRows(triangle, transpose, tensor);
            assertTrue(Samples.distance(solution, Samples.values(tensor)) < rounding(dtype));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void factorsAndSolvesInSinglePrecision(LinearAlgebra algebra) {
        for (int size : SIZES) {
            double[][] matrix = Samples.positiveDefinite(random, size);
            double[][] solution = Samples.normal(random, size, 3);
            double[][] product = Samples.multiply(matrix, solution);
            try (Arena arena = Arena.ofConfined()) {
                Tensor factor =
                        Samples.strided(
                                arena, DType.F32, Samples.withUpper(matrix, Double.NaN), size);
                Tensor right = Samples.strided(arena, DType.F32, product, 3);
                assertEquals(0, algebra.cholesky(factor));
                algebra.choleskySolve(factor, right);
                assertTrue(Samples.distance(solution, Samples.values(right)) < rounding(DType.F32));
            }
        }
    }
}
