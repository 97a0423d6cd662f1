package dev.jtangents.simd;

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
 * Sums and products of runs against their scalar twins, on lengths from nothing to three of the
 * widest vectors and a tail, from every start in a vector. They write nothing beside the run.
 */
class AdditionLoopTwinsTest {
    private static final int LONGEST = 3 * 16 + 15;
    private static final int STARTS = 17;
    private static final int SIZE = LONGEST + 2 * STARTS;

    /** Adds something to a run of a target. */
    private interface Addition {
        void apply(Loops loops, MemorySegment target, long at, long length);
    }

    private static Tensor random(Arena arena, SplittableRandom random, DType dtype) {
        Tensor tensor = Tensor.allocate(arena, dtype, Shape.of(SIZE));
        for (int i = 0; i < SIZE; i++) {
            tensor.set(random.nextDouble(-3, 3), i);
        }
        return tensor;
    }

    private static void compare(
            DType dtype, Tensor original, int at, int length, Addition addition) {
        try (Tensor actual = original.copy(dtype);
                Tensor expected = original.copy(dtype)) {
            addition.apply(Loops.get(dtype), actual.segment(), at, length);
            addition.apply(new ScalarLoops(dtype), expected.segment(), at, length);
            double tolerance = dtype == DType.F32 ? 2e-6 : 4e-15;
            for (int i = 0; i < SIZE; i++) {
                boolean inside = i >= at && i < at + length;
                assertEquals(expected.get(i), actual.get(i), inside ? tolerance : Double.MIN_VALUE);
                assertEquals(inside, actual.get(i) != original.get(i));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void scaledRunsAreAdded(DType dtype) {
        var random = new SplittableRandom(51);
        try (Arena arena = Arena.ofConfined()) {
            Tensor target = random(arena, random, dtype);
            MemorySegment source = random(arena, random, dtype).segment();
            for (int length = 0; length <= LONGEST; length++) {
                for (int at = 0; at < STARTS; at++) {
                    int from = random.nextInt(STARTS);
                    compare(
                            dtype,
                            target,
                            at,
                            length,
                            (loops, into, start, count) ->
                                    loops.addScaled(into, start, source, from, -0.7, count));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void productsAreAdded(DType dtype) {
        var random = new SplittableRandom(52);
        try (Arena arena = Arena.ofConfined()) {
            Tensor target = random(arena, random, dtype);
            MemorySegment left = random(arena, random, dtype).segment();
            MemorySegment right = random(arena, random, dtype).segment();
            for (int length = 0; length <= LONGEST; length++) {
                for (int at = 0; at < STARTS; at++) {
                    int from = random.nextInt(STARTS);
                    int other = random.nextInt(STARTS);
                    compare(
                            dtype,
                            target,
                            at,
                            length,
                            (loops, into, start, count) ->
                                    loops.addProducts(
                                            into, start, left, from, right, other, count));
                }
            }
        }
    }

    /** A run may be added to itself and multiplied by itself. */
    @ParameterizedTest
    @EnumSource(DType.class)
    void runsMayBeTheSame(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor target = random(arena, new SplittableRandom(53), dtype);
            Tensor original = target.copy(dtype);
            MemorySegment run = target.segment();
            Loops.get(dtype).addScaled(run, 0, run, 0, 2, SIZE);
            Loops.get(dtype).addProducts(run, 0, run, 0, run, 0, SIZE);
            for (int i = 0; i < SIZE; i++) {
                double tripled = 3 * original.get(i);
                double expected = tripled + tripled * tripled;
                assertEquals(expected, target.get(i), dtype == DType.F32 ? 3e-5 : 1e-13);
            }
            original.close();
        }
    }

    private static void assertOutside(Executable call) {
        assertThrows(IndexOutOfBoundsException.class, call);
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void runsOutsideTheirMemoryAreRefused(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            Loops loops = Loops.get(dtype);
            MemorySegment full = Tensor.allocate(arena, dtype, Shape.of(64)).segment();
            MemorySegment half = Tensor.allocate(arena, dtype, Shape.of(32)).segment();
            assertOutside(() -> loops.addScaled(half, 0, full, 0, 1, 33));
            assertOutside(() -> loops.addScaled(half, 20, full, 0, 1, 13));
            assertOutside(() -> loops.addScaled(full, 0, half, 1, 1, 32));
            assertOutside(() -> loops.addScaled(full, -1, half, 0, 1, 4));
            assertOutside(() -> loops.addScaled(full, 0, half, -1, 1, 4));
            assertOutside(() -> loops.addScaled(full, 0, half, 0, 1, -1));
            assertOutside(() -> loops.addScaled(full, Long.MAX_VALUE, half, 0, 1, 4));
            assertOutside(() -> loops.addProducts(half, 0, full, 0, full, 0, 33));
            assertOutside(() -> loops.addProducts(full, 0, half, 1, full, 0, 32));
            assertOutside(() -> loops.addProducts(full, 0, full, 0, half, 31, 2));
            assertOutside(() -> loops.addProducts(full, -1, full, 0, full, 0, 2));
            assertOutside(() -> loops.addProducts(full, 0, full, -1, full, 0, 2));
            assertOutside(() -> loops.addProducts(full, 0, full, 0, full, -1, 2));
            assertOutside(() -> loops.addProducts(full, 0, full, 0, full, 0, -2));
        }
    }
}
