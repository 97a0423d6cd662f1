package dev.jtangents.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** No argument, however wrong, reaches native code: each is refused with an exception. */
class ArgumentsTest {
    private final Arena arena = Arena.ofConfined();
    private final Tensor square = matrix(DType.F64, 4, 4);
    private final Tensor other = matrix(DType.F64, 4, 4);
    private final Tensor result = matrix(DType.F64, 4, 4);

    @AfterEach
    void free() {
        arena.close();
    }

    private Tensor matrix(DType dtype, long... extents) {
        return Tensor.allocate(arena, dtype, Shape.of(extents));
    }

    /** Every way in which a matrix can come in, and one that takes it. */
    private List<Consumer<Tensor>> uses(LinearAlgebra algebra) {
        return List.of(
                bad -> algebra.multiply(1, bad, false, square, false, 0, result),
                bad -> algebra.multiply(1, bad, true, square, true, 0, result),
                bad -> algebra.multiply(1, square, false, bad, false, 0, result),
                bad -> algebra.multiply(1, square, false, other, false, 0, bad),
                algebra::cholesky,
                bad -> algebra.choleskySolve(bad, square),
                bad -> algebra.choleskySolve(square, bad),
                bad -> algebra.triangularSolve(bad, false, square),
                bad -> algebra.triangularSolve(square, true, bad),
                bad -> algebra.triangularSolveRows(bad, false, square),
                bad -> algebra.triangularSolveRows(square, true, bad),
                bad -> algebra.reciprocalCondition(bad, 1),
                algebra::symmetricNorm,
                bad -> algebra.symmetricEigen(bad).close());
    }

    private <T extends Throwable> void refused(Class<T> type, LinearAlgebra algebra, Tensor bad) {
        refused(type, uses(algebra), bad);
    }

    private static <T extends Throwable> void refused(
            Class<T> type, List<Consumer<Tensor>> uses, Tensor bad) {
        for (Consumer<Tensor> use : uses) {
            String message = assertThrows(type, () -> use.accept(bad)).toString();
            assertFalse(message.contains("\n"), message);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesOtherRanks(LinearAlgebra algebra) {
        refused(InputException.class, algebra, matrix(DType.F64));
        refused(InputException.class, algebra, matrix(DType.F64, 4));
        refused(InputException.class, algebra, matrix(DType.F64, 4, 4, 1));
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesOtherTypes(LinearAlgebra algebra) {
        List<Consumer<Tensor>> uses = new ArrayList<>(uses(algebra));
        Tensor single = matrix(DType.F32, 4, 4);
        single.set(1, 0, 0);
        assertEquals(2, algebra.cholesky(single));
        uses.remove(4);
        refused(InputException.class, uses, single);
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesOtherShapes(LinearAlgebra algebra) {
        refused(InputException.class, algebra, matrix(DType.F64, 3, 5));
        refused(InputException.class, algebra, matrix(DType.F64, 5, 3));
        refused(InputException.class, algebra, matrix(DType.F64, 0, 4).slice(1, 0, 3));
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesEachShapeOfAProduct(LinearAlgebra algebra) {
        Tensor a = matrix(DType.F64, 2, 3);
        Tensor b = matrix(DType.F64, 3, 5);
        algebra.multiply(1, a, false, b, false, 0, matrix(DType.F64, 2, 5));
        algebra.multiply(1, b, true, a, true, 0, matrix(DType.F64, 5, 2));
        InputException failure =
                assertThrows(
                        InputException.class,
                        () -> algebra.multiply(1, a, true, b, false, 0, matrix(DType.F64, 2, 5)));
        assertEquals(
                "A product of shapes (2, 3) transposed and (3, 5) does not fit a result of shape"
                        + " (2, 5).",
                failure.getMessage());
        assertThrows(
                InputException.class,
                () -> algebra.multiply(1, a, false, b, false, 0, matrix(DType.F64, 3, 5)));
        assertThrows(
                InputException.class,
                () -> algebra.multiply(1, a, false, b, false, 0, matrix(DType.F64, 2, 4)));
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesRowsThatAreNotContiguous(LinearAlgebra algebra) {
        refused(InputException.class, algebra, matrix(DType.F64, 4, 4).transpose(1, 0));
        refused(InputException.class, algebra, matrix(DType.F64, 8, 4).transpose(1, 0));
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesClosedTensors(LinearAlgebra algebra) {
        Tensor closed = Tensor.allocate(DType.F64, Shape.of(4, 4));
        closed.close();
        refused(IllegalStateException.class, algebra, closed);
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesTensorsOfAnotherThread(LinearAlgebra algebra) throws InterruptedException {
        Tensor confined = square;
        try (ExecutorService elsewhere = Executors.newSingleThreadExecutor();
                Tensor a = Tensor.allocate(DType.F64, Shape.of(4, 4));
                Tensor c = Tensor.allocate(DType.F64, Shape.of(4, 4))) {
            List<Runnable> uses =
                    List.of(
                            () -> algebra.multiply(1, confined, false, a, false, 0, c),
                            () -> algebra.multiply(1, a, false, a, false, 0, confined),
                            () -> algebra.cholesky(confined),
                            () -> algebra.choleskySolve(a, confined),
                            () -> algebra.triangularSolve(confined, false, a),
                            () -> algebra.reciprocalCondition(confined, 1),
                            () -> algebra.symmetricNorm(confined),
                            () -> algebra.symmetricEigen(confined).close());
            for (Runnable use : uses) {
                Future<?> outcome = elsewhere.submit(use);
                Throwable failure = assertThrows(ExecutionException.class, outcome::get).getCause();
                assertInstanceOf(WrongThreadException.class, failure);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesTheJavaHeap(LinearAlgebra algebra) {
        MemorySegment heap = MemorySegment.ofArray(new double[16]);
        refused(InputException.class, algebra, Tensor.wrap(heap, DType.F64, Shape.of(4, 4)));
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesMisalignedMemory(LinearAlgebra algebra) {
        MemorySegment shifted = arena.allocate(16 * 8 + 1, 8).asSlice(1);
        refused(InputException.class, algebra, Tensor.wrap(shifted, DType.F64, Shape.of(4, 4)));
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void readsButDoesNotWriteReadOnlyMemory(LinearAlgebra algebra) {
        Tensor constant = Tensor.wrap(square.segment().asReadOnly(), DType.F64, Shape.of(4, 4));
        for (int i = 0; i < 4; i++) {
            square.set(1, i, i);
        }
        algebra.multiply(1, constant, false, constant, true, 0, result);
        assertEquals(1, algebra.symmetricNorm(constant));
        assertEquals(1, algebra.reciprocalCondition(constant, 1));
        algebra.choleskySolve(constant, result);
        algebra.triangularSolve(constant, true, result);
        assertEquals(1, result.get(3, 3));
        for (Consumer<Tensor> write :
                List.<Consumer<Tensor>>of(
                        bad -> algebra.multiply(1, square, false, other, false, 0, bad),
                        algebra::cholesky,
                        bad -> algebra.choleskySolve(other, bad),
                        bad -> algebra.triangularSolve(other, true, bad),
                        bad -> algebra.symmetricEigen(bad).close())) {
            assertThrows(InputException.class, () -> write.accept(constant));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesWhatACIntCannotCount(LinearAlgebra algebra) {
        long tooMany = 1L << 31;
        // Memory that is not there: whoever touches it does not live to report it.
        MemorySegment claimed = MemorySegment.ofAddress(64).reinterpret(tooMany * 64);
        Tensor tall = Tensor.wrap(claimed, DType.F64, Shape.of(tooMany, 2));
        Tensor wide = Tensor.wrap(claimed, DType.F64, Shape.of(2, tooMany));
        refused(InputException.class, algebra, tall);
        refused(InputException.class, algebra, wide);
        refused(InputException.class, algebra, wide.slice(1, 0, 2));
    }

    /** Every pair of something that is read and something that is written in one call. */
    private List<Consumer<Tensor>> readsBesideWriting(LinearAlgebra algebra, Tensor written) {
        return List.of(
                read -> algebra.multiply(1, read, false, square, false, 0, written),
                read -> algebra.multiply(1, square, false, read, false, 0, written),
                read -> algebra.choleskySolve(read, written),
                read -> algebra.triangularSolve(read, false, written));
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesAResultThatSharesAnElementWithAnArgument(LinearAlgebra algebra) {
        Tensor whole = matrix(DType.F64, 12, 12);
        for (Consumer<Tensor> use : readsBesideWriting(algebra, block(whole, 4, 4))) {
            for (Tensor overlapping :
                    List.of(
                            block(whole, 4, 4),
                            block(whole, 7, 7),
                            block(whole, 1, 7),
                            block(whole, 7, 1),
                            run(whole, 4 * 12 + 4 - 15),
                            run(whole, 7 * 12 + 7))) {
                assertThrows(InputException.class, () -> use.accept(overlapping));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void takesAResultThatLiesBetweenTheElementsOfAnArgument(LinearAlgebra algebra) {
        Tensor whole = matrix(DType.F64, 12, 12);
        for (Consumer<Tensor> use : readsBesideWriting(algebra, block(whole, 4, 4))) {
            for (Tensor apart :
                    List.of(
                            block(whole, 4, 0),
                            block(whole, 4, 8),
                            block(whole, 0, 4),
                            block(whole, 8, 4),
                            block(whole, 0, 0),
                            block(whole, 8, 8),
                            run(whole, 4 * 12 + 4 - 16),
                            run(whole, 7 * 12 + 8))) {
                use.accept(apart);
            }
        }
    }

    private static Tensor block(Tensor whole, long row, long column) {
        return whole.slice(0, row, row + 4).slice(1, column, column + 4);
    }

    /** Sixteen elements that lie one after another. */
    private static Tensor run(Tensor whole, long start) {
        return whole.reshape(whole.size()).slice(0, start, start + 16).reshape(4, 4);
    }

    @ParameterizedTest
    @MethodSource("dev.jtangents.linalg.Samples#algebras")
    void refusesNumbersThatAreNone(LinearAlgebra algebra) {
        for (double norm : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(InputException.class, () -> algebra.reciprocalCondition(square, norm));
        }
        square.set(Double.NaN, 2, 1);
        assertThrows(InputException.class, () -> algebra.reciprocalCondition(square, 1));
        assertEquals(
                "Row 2 of argument matrix has a value that is not finite.",
                assertThrows(InputException.class, () -> algebra.symmetricEigen(square))
                        .getMessage());
    }
}
