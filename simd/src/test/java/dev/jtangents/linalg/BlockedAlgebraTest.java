package dev.jtangents.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;

/** Linear algebra in blocks against that in one, and on one thread against several. */
final class BlockedAlgebraTest {
    private static final double ABOVE = 7;

    private final LinearAlgebra whole = LinearAlgebra.get();
    private final LinearAlgebra blocked = LinearAlgebra.on(WorkerPool.of(3));
    private final LinearAlgebra alone = LinearAlgebra.on(WorkerPool.of(1));

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

    private static Tensor random(int rows, int columns, DType dtype) {
        SplittableRandom random = new SplittableRandom(rows + 1000L * columns);
        Tensor matrix = Tensor.allocate(dtype, Shape.of(rows, columns));
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                matrix.set(random.nextDouble() - 0.5, i, j);
            }
        }
        return matrix;
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        double rounding = expected.dtype() == DType.F64 ? 1e-13 : 1e-4;
        assertArrayEquals(expected.toArray(), actual.toArray(), rounding);
    }

    /** An operation that changes its argument. */
    private interface Change {
        void apply(LinearAlgebra algebra, Tensor changed);
    }

    private void assertSame(Tensor given, Change change) {
        try (Tensor expected = given.copy(given.dtype());
                Tensor inBlocks = given.copy(given.dtype());
                Tensor onOneThread = given.copy(given.dtype())) {
            change.apply(whole, expected);
            change.apply(blocked, inBlocks);
            change.apply(alone, onOneThread);
            assertClose(expected, inBlocks);
            assertArrayEquals(inBlocks.toArray(), onOneThread.toArray());
        } finally {
            given.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 500, 512, 513, 1100})
    void factors(int order) {
        for (DType dtype : DType.values()) {
            assertSame(
                    definite(order, dtype),
                    (algebra, matrix) -> assertEquals(0, algebra.cholesky(matrix)));
        }
    }

    @Test
    void theFirstMinorThatIsNotPositiveIsFound() {
        for (int bad : new int[] {0, 511, 512, 1099}) {
            for (double value : new double[] {-1, Double.NaN}) {
                try (Tensor matrix = definite(1100, DType.F64)) {
                    matrix.set(value, bad, bad);
                    assertEquals(bad + 1, blocked.cholesky(matrix));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"600, 300, 90", "90, 700, 300", "3, 5, 2", "257, 255, 256", "0, 4, 3", "1, 1, 0"})
    void products(int rows, int columns, int inner) {
        for (int which = 0; which < 4; which++) {
            boolean left = which / 2 == 1;
            boolean right = which % 2 == 1;
            try (Tensor a = random(left ? inner : rows, left ? rows : inner, DType.F64);
                    Tensor b =
                            random(right ? columns : inner, right ? inner : columns, DType.F64)) {
                assertSame(
                        random(rows, columns, DType.F64),
                        (algebra, result) -> algebra.multiply(0.5, a, left, b, right, -2, result));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 128, 300})
    void solutions(int columns) {
        for (DType dtype : DType.values()) {
            try (Tensor factor = definite(400, dtype)) {
                whole.cholesky(factor);
                assertSame(
                        random(400, columns, dtype),
                        (algebra, right) -> algebra.choleskySolve(factor, right));
                assertSame(
                        random(400, columns, dtype),
                        (algebra, right) -> algebra.triangularSolve(factor, true, right));
                assertSame(
                        random(columns, 400, dtype),
                        (algebra, rows) -> algebra.triangularSolveRows(factor, false, rows));
                assertSame(
                        random(columns, 400, dtype),
                        (algebra, rows) -> algebra.triangularSolveRows(factor, true, rows));
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Tensor a = random(600, 500, DType.F64);
                Tensor b = random(400, 600, DType.F64);
                Tensor cube = Tensor.allocate(DType.F64, Shape.of(2, 2, 2));
                Tensor result = random(600, 600, DType.F64)) {
            assertThrows(
                    InputException.class, () -> blocked.multiply(1, a, false, b, false, 0, result));
            assertThrows(InputException.class, () -> blocked.cholesky(a));
            assertThrows(InputException.class, () -> blocked.cholesky(cube));
            assertThrows(InputException.class, () -> blocked.choleskySolve(cube, a));
            assertThrows(InputException.class, () -> blocked.triangularSolve(b, false, result));
            assertThrows(InputException.class, () -> blocked.triangularSolveRows(result, false, a));
            Tensor overlapping = result.slice(0, 0, 300).slice(1, 0, 600);
            assertThrows(
                    InputException.class,
                    () -> blocked.triangularSolveRows(result, false, overlapping));
            assertArrayEquals(random(600, 600, DType.F64).toArray(), result.toArray());
        }
    }
}
