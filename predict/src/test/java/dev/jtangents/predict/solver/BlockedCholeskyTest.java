package dev.jtangents.predict.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;

/** The factorisation in blocks against that in one. */
final class BlockedCholeskyTest {
    private static final double ABOVE = 7;

    private static Tensor definite(int order, DType dtype) {
        SplittableRandom random = new SplittableRandom(order);
        Tensor matrix = Tensor.allocate(dtype, Shape.of(order, order));
        for (int i = 0; i < order; i++) {
            for (int j = 0; j < order; j++) {
                double entry = random.nextDouble() / order;
                matrix.set(i == j ? 2 : i > j ? entry : ABOVE, i, j);
            }
        }
        return matrix;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 500, 512, 513, 1100})
    void theFactorIsThatOfOneBlock(int order) {
        for (DType dtype : DType.values()) {
            try (Tensor blocked = definite(order, dtype);
                    Tensor whole = definite(order, dtype)) {
                assertTrue(BlockedCholesky.factor(blocked, WorkerPool.of(2)));
                assertEquals(0, LinearAlgebra.get().cholesky(whole));
                double rounding = dtype == DType.F64 ? 1e-14 : 1e-5;
                assertArrayEquals(whole.toArray(), blocked.toArray(), rounding);
            }
        }
    }

    @Test
    void anyMinorThatIsNotPositiveIsFound() {
        for (int bad : new int[] {0, 511, 512, 1099}) {
            try (Tensor matrix = definite(1100, DType.F64)) {
                matrix.set(-1, bad, bad);
                assertFalse(BlockedCholesky.factor(matrix, WorkerPool.of(2)));
            }
        }
    }

    @Test
    void pairsOfATriangleAreCounted() {
        long number = 0;
        for (long row = 0; row < 300; row++) {
            for (long column = 0; column <= row; column++, number++) {
                assertEquals(row, TrianglePairs.row(number));
                assertEquals(column, TrianglePairs.column(number));
            }
        }
        assertEquals(number, TrianglePairs.count(300));
    }
}
