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
 * Loops over lanes against their scalar twins, on lengths from nothing to three of the widest
 * vectors and a tail, at offsets that no vector is aligned to. The build runs this class once per
 * vector width.
 */
class LaneLoopTwinsTest {
    private static final int LONGEST = 3 * 16 + 15;
    private static final int MARGIN = 21;

    /** A loop on a target, with offsets drawn from a source of chance that both twins share. */
    @FunctionalInterface
    private interface Loop {
        void run(
                LaneLoops loops,
                MemorySegment target,
                long to,
                int length,
                SplittableRandom random);
    }

    private static Tensor random(Arena arena, DType dtype, int length, SplittableRandom random) {
        Tensor tensor = Tensor.allocate(arena, dtype, Shape.of(length));
        for (int i = 0; i < length; i++) {
            tensor.set(random.nextDouble(-2, 3), i);
        }
        return tensor;
    }

    /** Compares twins: what is before the run stays, and so does what is past whole vectors. */
    private static void compare(DType dtype, Arena arena, int rows, int stride, Loop loop) {
        var random = new SplittableRandom(61);
        double tolerance = dtype == DType.F32 ? 3e-6 : 1e-14;
        for (int length = 0; length <= LONGEST; length++) {
            int size = MARGIN + rows * Math.max(stride, length) + 2 * Run.PADDING;
            Tensor target = random(arena, dtype, size, random);
            Tensor twin = Tensor.allocate(arena, dtype, target.shape());
            twin.assign(target);
            Tensor before = Tensor.allocate(arena, dtype, target.shape());
            before.assign(target);
            int to = random.nextInt(MARGIN);
            long seed = random.nextLong();
            loop.run(
                    Loops.get(dtype).lanes(),
                    target.segment(),
                    to,
                    length,
                    new SplittableRandom(seed));
            loop.run(
                    new ScalarLaneLoops(dtype),
                    twin.segment(),
                    to,
                    length,
                    new SplittableRandom(seed));
            for (int row = 0; row < rows; row++) {
                for (int i = to + row * stride; i < to + row * stride + length; i++) {
                    double expected = twin.get(i);
                    double allowed = tolerance * Math.max(1, Math.abs(expected));
                    assertEquals(expected, target.get(i), allowed, "length " + length);
                }
            }
            int end = to + (rows - 1) * stride + length + Run.PADDING - 1;
            for (int i = 0; i < size; i++) {
                if (i < to || i >= end || length == 0) {
                    assertEquals(before.get(i), target.get(i), "outside of length " + length);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void windowsAgree(DType dtype) {
        int rows = 4;
        int stride = LONGEST + Run.PADDING;
        try (Arena arena = Arena.ofConfined()) {
            Tensor source = random(arena, dtype, 6 * stride, new SplittableRandom(62));
            int zeros = 5 * stride - 3 * 64;
            for (int i = zeros; i < source.size(); i++) {
                source.set(0, i);
            }
            for (int taps = 1; taps <= LaneLoops.TAPS; taps++) {
                int count = taps;
                compare(
                        dtype,
                        arena,
                        rows,
                        stride,
                        (loops, target, to, length, random) -> {
                            long[] seen = new long[3 * rows];
                            for (int k = 0; k < seen.length; k++) {
                                boolean missing = random.nextInt(4) == 0;
                                seen[k] = missing ? -1 : random.nextInt(2 * stride);
                            }
                            loops.windowSum(
                                    target,
                                    to,
                                    stride,
                                    source.segment(),
                                    11,
                                    seen,
                                    rows,
                                    zeros,
                                    16,
                                    count,
                                    length);
                        });
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void sumsOfCellsAgree(DType dtype) {
        var random = new SplittableRandom(66);
        try (Arena arena = Arena.ofConfined()) {
            for (int length : new int[] {16, 48}) {
                for (int count = 0; count <= 9; count++) {
                    Tensor values = random(arena, dtype, 12 * 48, random);
                    Tensor twin = Tensor.allocate(arena, dtype, values.shape());
                    twin.assign(values);
                    LaneLoops loops = Loops.get(dtype).lanes();
                    loops.addSum(values.segment(), 5, 0.3, 80, count, length);
                    new ScalarLaneLoops(dtype).addSum(twin.segment(), 5, 0.3, 80, count, length);
                    for (int i = 0; i < values.size(); i++) {
                        double allowed = dtype == DType.F32 ? 1e-5 : 1e-14;
                        assertEquals(twin.get(i), values.get(i), allowed, count + " cells");
                    }
                }
            }
        }
    }

    /** One cell. */
    private static PlaneRun run(MemorySegment target, long to, int length) {
        int stride = Math.ceilDiv(length, Run.PADDING) * Run.PADDING;
        return new PlaneRun(target, null).inPlace().to(to, length, stride, 1, new int[] {0});
    }

    @ParameterizedTest
    @EnumSource
    void innerProductsAgree(DType dtype) {
        int stride = LONGEST + 2 * Run.PADDING;
        for (int features : new int[] {1, 2, 3, 5, 31}) {
            try (Arena arena = Arena.ofConfined()) {
                var chance = new SplittableRandom(63);
                Tensor row = random(arena, dtype, features + MARGIN, chance);
                Tensor columns = random(arena, dtype, MARGIN + features * stride, chance);
                compare(
                        dtype,
                        arena,
                        1,
                        0,
                        (loops, target, to, length, random) ->
                                loops.innerProducts(
                                        run(target, to, length),
                                        row.segment(),
                                        random.nextInt(MARGIN),
                                        columns.segment(),
                                        random.nextInt(Run.PADDING),
                                        stride,
                                        features));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void innerProductsOfPairsAgree(DType dtype) {
        int stride = LONGEST + 2 * Run.PADDING;
        for (int features : new int[] {1, 2, 3, 31}) {
            try (Arena arena = Arena.ofConfined()) {
                var chance = new SplittableRandom(65);
                Tensor rows = random(arena, dtype, MARGIN + features * stride, chance);
                Tensor columns = random(arena, dtype, MARGIN + features * stride, chance);
                compare(
                        dtype,
                        arena,
                        1,
                        0,
                        (loops, target, to, length, random) ->
                                loops.innerProductsOfPairs(
                                        run(target, to, length),
                                        rows.segment(),
                                        random.nextInt(Run.PADDING),
                                        columns.segment(),
                                        random.nextInt(Run.PADDING),
                                        stride,
                                        features));
            }
        }
    }

    /** The same example in each lane is one example, to the last bit. */
    @ParameterizedTest
    @EnumSource
    void innerProductsOfPairsAreThoseOfOne(DType dtype) {
        int lanes = 2 * Run.PADDING;
        int cells = 3;
        LaneLoops loops = Loops.get(dtype).lanes();
        for (int features : new int[] {1, 2, 3, 4, 6, 8}) {
            try (Arena arena = Arena.ofConfined()) {
                var chance = new SplittableRandom(66);
                int rows = 2 * cells * features;
                Tensor one = random(arena, dtype, rows, chance);
                Tensor columns = random(arena, dtype, rows * lanes, chance);
                Tensor same = Tensor.allocate(arena, dtype, Shape.of(rows * lanes));
                for (int i = 0; i < rows * lanes; i++) {
                    same.set(one.get(i / lanes), i);
                }
                Tensor expected = Tensor.allocate(arena, dtype, Shape.of(2 * cells * lanes));
                Tensor actual = Tensor.allocate(arena, dtype, Shape.of(2 * cells * lanes));
                int[] entries = {0, cells};
                loops.innerProducts(
                        plane(expected, lanes, cells, entries),
                        one.segment(),
                        0,
                        columns.segment(),
                        0,
                        lanes,
                        features);
                loops.innerProductsOfPairs(
                        plane(actual, lanes, cells, entries),
                        same.segment(),
                        0,
                        columns.segment(),
                        0,
                        lanes,
                        features);
                assertEquals(-1, expected.segment().mismatch(actual.segment()));
            }
        }
    }

    private static PlaneRun plane(Tensor target, int lanes, int cells, int[] entries) {
        return new PlaneRun(target.segment(), null).inPlace().to(0, lanes, lanes, cells, entries);
    }

    @ParameterizedTest
    @EnumSource
    void sumsAndProductsAgree(DType dtype) {
        int size = MARGIN + LONGEST + Run.PADDING;
        try (Arena arena = Arena.ofConfined()) {
            var chance = new SplittableRandom(64);
            MemorySegment a = random(arena, dtype, size, chance).segment();
            MemorySegment b = random(arena, dtype, size, chance).segment();
            compare(
                    dtype,
                    arena,
                    1,
                    0,
                    (loops, target, to, length, random) ->
                            loops.add(target, to, a, random.nextInt(MARGIN), length));
            compare(
                    dtype,
                    arena,
                    1,
                    0,
                    (loops, target, to, length, random) ->
                            loops.addScaled(target, to, -0.7, a, random.nextInt(MARGIN), length));
            compare(
                    dtype,
                    arena,
                    1,
                    0,
                    (loops, target, to, length, random) ->
                            loops.scale(target, to, 1.3, a, random.nextInt(MARGIN), length));
            compare(
                    dtype,
                    arena,
                    1,
                    0,
                    (loops, target, to, length, random) ->
                            loops.addProducts(
                                    target,
                                    to,
                                    0.4,
                                    a,
                                    random.nextInt(MARGIN),
                                    b,
                                    random.nextInt(MARGIN),
                                    length));
        }
    }

    private static void assertOutside(Executable call) {
        assertThrows(IndexOutOfBoundsException.class, call);
    }

    @ParameterizedTest
    @EnumSource
    void runsOutsideTheirMemoryAreRefused(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            LaneLoops loops = Loops.get(dtype).lanes();
            MemorySegment full = Tensor.allocate(arena, dtype, Shape.of(64)).segment();
            MemorySegment half = Tensor.allocate(arena, dtype, Shape.of(32)).segment();
            long[] inside = {0, 0, 0};
            assertOutside(() -> loops.add(half, 16, full, 0, 32));
            assertOutside(() -> loops.add(half, -1, full, 0, 3));
            assertOutside(() -> loops.add(full, 0, half, 1, 32));
            assertOutside(() -> loops.addScaled(half, 0, 1, full, 0, 33));
            assertOutside(() -> loops.addScaled(full, 0, 1, half, 0, 33));
            assertOutside(() -> loops.addSum(half, 0, 1, 0, 1, 33));
            assertOutside(() -> loops.addSum(half, 17, 1, 0, 1, 16));
            assertOutside(() -> loops.addSum(half, -1, 1, 0, 1, 16));
            assertOutside(() -> loops.addSum(half, 0, 1, 0, 3, 16));
            assertOutside(() -> loops.addSum(half, 0, 1, -1, 1, 16));
            assertOutside(() -> loops.scale(half, 0, 1, full, 0, 33));
            assertOutside(() -> loops.scale(full, 0, 1, half, -1, 5));
            assertOutside(() -> loops.addProducts(half, 0, 1, full, 0, full, 0, 33));
            assertOutside(() -> loops.addProducts(full, 0, 1, half, 0, full, 0, 33));
            assertOutside(() -> loops.addProducts(full, 0, 1, full, 0, half, 0, 33));
            assertOutside(() -> loops.innerProducts(run(half, 0, 33), full, 0, full, 0, 0, 1));
            assertOutside(() -> loops.innerProducts(run(full, 0, 16), half, 31, full, 0, 16, 2));
            assertOutside(() -> loops.innerProducts(run(full, 0, 16), full, 0, half, 0, 16, 3));
            PlaneRun fits = run(full, 0, 16);
            PlaneRun leaves = run(half, 0, 33);
            assertOutside(() -> loops.innerProductsOfPairs(leaves, full, 0, full, 0, 0, 1));
            assertOutside(() -> loops.innerProductsOfPairs(fits, half, 0, full, 0, 16, 3));
            assertOutside(() -> loops.innerProductsOfPairs(fits, full, -1, full, 0, 16, 1));
            assertOutside(() -> loops.innerProductsOfPairs(fits, full, 0, half, 0, 16, 3));
            assertOutside(() -> loops.innerProductsOfPairs(fits, full, 0, half, 17, 16, 1));
            assertOutside(() -> loops.windowSum(half, 0, 16, full, 0, inside, 1, 0, 16, 1, 33));
            assertOutside(() -> loops.windowSum(full, 0, 16, half, 0, inside, 1, 0, 16, 3, 16));
            assertOutside(() -> loops.windowSum(full, 0, 16, half, 17, inside, 1, 0, 16, 1, 16));
            long[] missing = {-1, -1, -1};
            assertOutside(() -> loops.windowSum(full, 0, 16, half, 0, missing, 1, 32, 16, 1, 16));
        }
    }

    @ParameterizedTest
    @EnumSource
    void windowsHaveOneToThreeTaps(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            LaneLoops loops = Loops.get(dtype).lanes();
            MemorySegment cells = Tensor.allocate(arena, dtype, Shape.of(128)).segment();
            for (int taps : new int[] {0, LaneLoops.TAPS + 1}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                loops.windowSum(
                                        cells, 0, 16, cells, 0, new long[3], 1, 0, 16, taps, 16));
            }
        }
    }
}
