package dev.jtangents.predict.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

/** Low-rank approximations: what they leave, and how their pivots are drawn. */
final class RandomlyPivotedCholeskyTest {
    private static final WorkerPool POOL = WorkerPool.of(2);

    private static Tensor gram(int order, int rank) {
        SplittableRandom random = new SplittableRandom(1);
        Tensor gram = Tensor.allocate(DType.F64, Shape.of(order, order));
        try (Tensor rows = Tensor.of(random.doubles((long) order * rank).toArray(), order, rank)) {
            LinearAlgebra.get().multiply(1, rows, false, rows.copy(DType.F64), true, 0, gram);
        }
        return gram;
    }

    private static RandomlyPivotedCholesky.Approximation approximation(Tensor kernel, int rank) {
        KernelOperator operator = KernelOperator.of(kernel, "kernel");
        double[] diagonal = KernelDiagonal.of(operator);
        return RandomlyPivotedCholesky.of(operator, diagonal, rank, 3, POOL);
    }

    @Test
    void aKernelOfLowRankIsMetExactly() {
        Tensor kernel = gram(300, 20);
        RandomlyPivotedCholesky.Approximation made = approximation(kernel, 150);
        assertTrue(made.rank() >= 20 && made.rank() <= 25, "rank " + made.rank());
        Tensor rest = kernel.copy(DType.F64);
        Tensor again = made.used().copy(DType.F64);
        LinearAlgebra.get().multiply(-1, made.used(), true, again, false, 1, rest);
        for (double left : rest.toArray()) {
            assertEquals(0, left, 1e-10);
        }
        made.rows().close();
    }

    @Test
    void whatIsLeftIsTheTraceOfTheDifference() {
        Tensor kernel = gram(300, 300);
        RandomlyPivotedCholesky.Approximation made = approximation(kernel, 140);
        assertEquals(140, made.rank());
        double trace = 0;
        for (int i = 0; i < 300; i++) {
            trace += kernel.get(i, i);
            for (int k = 0; k < 140; k++) {
                trace -= made.used().get(k, i) * made.used().get(k, i);
            }
        }
        assertEquals(trace, made.traceLeft(), 1e-9 * trace);
        made.rows().close();
    }

    @Test
    void candidatesAreDrawnInProportion() {
        double[] rest = {0, 1, 0, 3, 6, 0};
        int[] counts = new int[rest.length];
        int draws = 100_000;
        for (long candidate : new PivotSampler(5).candidates(rest, draws)) {
            counts[(int) candidate]++;
        }
        for (int i = 0; i < rest.length; i++) {
            // Five standard deviations.
            assertEquals(rest[i] / 10, (double) counts[i] / draws, 5 * 0.5 / Math.sqrt(draws));
            assertTrue(rest[i] > 0 || counts[i] == 0);
        }
    }

    @Test
    void copiesOfAPivotAreRejected() {
        Tensor schur = Tensor.of(new double[] {2, 2, 0, 2, 2, 0, 0, 0, 1}, 3, 3);
        assertArrayEquals(new int[] {0, 2}, new PivotSampler(1).accepted(schur, 3));
        Tensor same = Tensor.of(new double[] {2, 2, 0, 2, 2, 0, 0, 0, 1}, 3, 3);
        assertArrayEquals(new int[] {0}, new PivotSampler(1).accepted(same, 1));
    }
}
