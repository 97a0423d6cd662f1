package dev.jtangents.simd;

import static dev.jtangents.simd.PlaneCells.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * Cells that are added to others, against the scalar loop. The build runs this class once per
 * vector width.
 */
class ScatterLoopTwinsTest {
    private static Tensor random(Arena arena, DType dtype, SplittableRandom random) {
        Tensor tensor = Tensor.allocate(arena, dtype, Shape.of(320 + 40 * 32));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(random.nextDouble(-2, 3), i);
        }
        return tensor;
    }

    @ParameterizedTest
    @EnumSource
    void scatteredCellsAgree(DType dtype) {
        var random = new SplittableRandom(65);
        try (Arena arena = Arena.ofConfined()) {
            int[] to = random.ints(40, -2, 9).toArray();
            double[] weights = random.doubles(40, -1, 1).toArray();
            LaneLoops loops = Loops.get(dtype).lanes();
            LaneLoops scalar = new ScalarLaneLoops(dtype);
            for (boolean both : new boolean[] {false, true}) {
                Tensor nngp = random(arena, dtype, random);
                Tensor ntk = random(arena, dtype, random);
                Tensor nngpTwin = copy(arena, nngp);
                Tensor ntkTwin = copy(arena, ntk);
                MemorySegment second = both ? ntk.segment() : null;
                MemorySegment secondTwin = both ? ntkTwin.segment() : null;
                loops.scatter(nngp.segment(), second, 7, 9, to, weights, 320, 40, 32);
                scalar.scatter(nngpTwin.segment(), secondTwin, 7, 9, to, weights, 320, 40, 32);
                int[] nowhere = {-1, -1};
                loops.scatter(nngp.segment(), second, 0, 1, nowhere, weights, 0, 2, 32);
                loops.scatter(nngp.segment(), second, 0, 1, nowhere, weights, 0, 0, 32);
                double allowed = dtype == DType.F32 ? 1e-5 : 1e-14;
                assertClose(nngpTwin, nngp, allowed);
                assertClose(ntkTwin, ntk, allowed);
            }
        }
    }

    private static void assertClose(Tensor expected, Tensor actual, double allowed) {
        for (int i = 0; i < expected.size(); i++) {
            double scale = Math.max(1, Math.abs(expected.get(i)));
            assertEquals(expected.get(i), actual.get(i), allowed * scale, "element " + i);
        }
    }

    private static void assertOutside(Executable call) {
        assertThrows(IndexOutOfBoundsException.class, call);
    }

    @ParameterizedTest
    @EnumSource
    void cellsOutsideTheirMemoryAreRefused(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            LaneLoops loops = Loops.get(dtype).lanes();
            MemorySegment full = Tensor.allocate(arena, dtype, Shape.of(64)).segment();
            MemorySegment half = Tensor.allocate(arena, dtype, Shape.of(32)).segment();
            double[] one = {1};
            int[] start = {0};
            assertOutside(() -> loops.scatter(half, null, 0, 1, start, one, 0, 1, 33));
            assertOutside(() -> loops.scatter(half, null, -1, 1, start, one, 0, 1, 16));
            assertOutside(() -> loops.scatter(half, null, 0, 3, start, one, 0, 1, 16));
            assertOutside(() -> loops.scatter(half, null, 0, 1, start, one, 17, 1, 16));
            assertOutside(() -> loops.scatter(half, null, 0, 1, start, one, -1, 1, 16));
            assertOutside(() -> loops.scatter(half, null, 0, 1, start, one, 0, 3, 16));
            assertOutside(() -> loops.scatter(full, half, 0, 3, start, one, 0, 1, 16));
            assertOutside(() -> loops.scatter(full, half, 0, 1, start, one, 17, 1, 16));
            int[] second = {1};
            assertOutside(() -> loops.scatter(full, full, 0, 1, second, one, 0, 1, 16));
            assertOutside(() -> loops.scatter(full, null, 0, 0, start, one, 0, 1, 16));
        }
    }
}
