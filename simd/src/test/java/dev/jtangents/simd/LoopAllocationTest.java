package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.AngleFit;
import dev.jtangents.maps.AngleFit.Kernels;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Once compiled, no vector loop allocates: a vector that the compiler did not inline is boxed on
 * the heap, which costs about 100 bytes and a multiple of the time.
 */
class LoopAllocationTest {
    private static final int LENGTH = 3 * Run.PADDING;

    /** Rows of a plane, and cells of a row. */
    private static final int SIDE = 16;

    private static final int CELLS = SIDE * SIDE;
    private static final int SIZE = (2 * CELLS + SIDE) * LENGTH;

    /** Calls of a loop between two looks at what its thread has allocated, and those of a plane. */
    private static final int CALLS = 500;

    private static final int CALLS_OF_PLANES = 20;

    /** Rounds without allocation in a row, after which a loop counts as compiled for good. */
    private static final int QUIET_ROUNDS = 3;

    /** Compilers run beside the loops, on however many processors there are. */
    private static final int MOST_ROUNDS = 2000;

    /** Less than a boxed vector in each round of a loop, and room for a sum's lanes as an array. */
    private static final int BYTES_PER_CALL = 100;

    private static final AffineStep STEP = new AffineStep(0.9, 0.1, 0.6, 1.1, 0.2);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Arena arena = Arena.ofConfined();

    @BeforeEach
    void loopsHaveVectors() {
        assumeFalse(Loops.description().startsWith("scalar loops"), "only vectors can be boxed");
    }

    @AfterEach
    void close() {
        arena.close();
    }

    private static void assertNoBoxes(int calls, Runnable loop) {
        long least = Long.MAX_VALUE;
        int quiet = 0;
        for (int round = 0; round < MOST_ROUNDS && quiet < QUIET_ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < calls; call++) {
                loop.run();
            }
            long perCall = (THREADS.getCurrentThreadAllocatedBytes() - before) / calls;
            quiet = perCall < BYTES_PER_CALL ? quiet + 1 : 0;
            least = Math.min(least, perCall);
        }
        assertTrue(quiet == QUIET_ROUNDS, "At least " + least + " bytes a call");
    }

    private MemorySegment memory(DType dtype) {
        return Tensor.allocate(arena, dtype, Shape.of(SIZE)).segment();
    }

    private FactorTable table(DType dtype, MapLoop loop) {
        var table = new FactorTable(arena, dtype, loop.factors(), SIZE, LENGTH);
        double[] factors = new double[loop.factors()];
        loop.prepare(2, factors);
        for (int entry = 0; entry < SIZE; entry++) {
            table.set(entry, factors);
        }
        return table;
    }

    static Stream<Arguments> mapsAndTypes() {
        AngleFit.Network cosine = angle -> new Kernels(2 - Math.cos(angle / 2), 1);
        List<BivariateMap> maps =
                List.of(
                        new AbReluMap(0, 1),
                        new ErfMap(1, 1, 0),
                        new GeluMap(),
                        Objects.requireNonNull(AngleFit.of(cosine, 1.5, 3e-14, 61)));
        return maps.stream()
                .flatMap(map -> Stream.of(DType.values()).map(type -> Arguments.of(map, type)));
    }

    @ParameterizedTest
    @MethodSource("mapsAndTypes")
    void maps(BivariateMap map, DType dtype) {
        MapLoop loop = Loops.get(dtype).map(map);
        FactorTable factors = table(dtype, loop);
        MemorySegment nngp = memory(dtype);
        var both = new Run(nngp, memory(dtype)).at(0, LENGTH);
        var alone = new Run(nngp, null).at(0, LENGTH);
        assertNoBoxes(
                CALLS,
                () -> {
                    loop.apply(both, STEP, factors, 0, factors, 0);
                    loop.apply(alone, STEP, factors, 0, factors, 0);
                });
    }

    @Test
    void examplesWithThemselves() {
        SelfMapLoop loop = Loops.get(DType.F64).selfMap(new AbReluMap(0, 1));
        FactorTable factors = table(DType.F64, loop);
        MemorySegment nngp = memory(DType.F64);
        var both = new Run(nngp, memory(DType.F64)).at(0, LENGTH);
        var alone = new Run(nngp, null).at(0, LENGTH);
        assertNoBoxes(
                CALLS,
                () -> {
                    loop.applyToSelf(both, STEP, factors, 0, LENGTH);
                    loop.applyToSelf(alone, STEP, factors, 0, LENGTH);
                });
    }

    /** A plane after the plane that its cells see a window of, and zeros after both. */
    private static PlaneRun window(PlaneRun run) {
        int[] entries = new int[SIDE];
        long[] rows = new long[PlaneRun.SIZE * SIDE];
        for (int row = 0; row < SIDE; row++) {
            entries[row] = row * SIDE;
            for (int k = 0; k < PlaneRun.SIZE; k++) {
                int seen = row + k - 1;
                boolean missing = seen < 0 || seen >= SIDE;
                rows[PlaneRun.SIZE * row + k] = missing ? -1 : (long) seen * SIDE * LENGTH;
            }
        }
        return run.to((long) CELLS * LENGTH, LENGTH, LENGTH, SIDE, entries)
                .from(0, rows, -1, SIDE, 2L * CELLS * LENGTH);
    }

    @ParameterizedTest
    @EnumSource
    void mapsOfPlanes(DType dtype) {
        var loop = (PlaneMapLoop) Loops.get(dtype).map(new AbReluMap(0, 1));
        FactorTable factors = table(dtype, loop);
        var own = new OwnFactors(dtype, loop.factors(), CELLS);
        own.copy(factors, 0);
        MemorySegment nngp = memory(dtype);
        var both = new PlaneRun(nngp, memory(dtype));
        var alone = new PlaneRun(nngp, null);
        window(both);
        window(alone);
        if (loop.sumsWindows()) {
            assertNoBoxes(
                    CALLS_OF_PLANES,
                    () -> {
                        loop.applyToPlane(both, STEP, own, factors, 0);
                        loop.applyToPlane(alone, STEP, own, factors, 0);
                    });
        }
        both.inPlace();
        alone.inPlace();
        assertNoBoxes(
                CALLS_OF_PLANES,
                () -> {
                    loop.applyToPlane(both, STEP, own, factors, 0);
                    loop.applyToPlane(alone, STEP, own, factors, 0);
                });
    }

    @ParameterizedTest
    @EnumSource
    void affineSteps(DType dtype) {
        Loops loops = Loops.get(dtype);
        MemorySegment nngp = memory(dtype);
        var both = new Run(nngp, memory(dtype)).at(0, LENGTH);
        var alone = new Run(nngp, null).at(0, LENGTH);
        assertNoBoxes(
                CALLS,
                () -> {
                    loops.affine(both, STEP);
                    loops.affine(alone, STEP);
                });
    }

    @ParameterizedTest
    @EnumSource
    void sumsOfWindows(DType dtype) {
        LaneLoops loops = Loops.get(dtype).lanes();
        MemorySegment values = memory(dtype);
        PlaneRun run = window(new PlaneRun(values, null));
        assertNoBoxes(CALLS_OF_PLANES, () -> loops.sumWindow(run));
        MemorySegment target = memory(dtype);
        long[] rows = {0, -1, LENGTH, LENGTH, 0, -1};
        assertNoBoxes(
                CALLS,
                () -> {
                    for (int taps = 1; taps <= LaneLoops.TAPS; taps++) {
                        loops.windowSum(
                                target, 0, LENGTH, values, 0, rows, 2, 0, LENGTH, taps, LENGTH);
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void sumsAndProducts(DType dtype) {
        LaneLoops loops = Loops.get(dtype).lanes();
        MemorySegment target = memory(dtype);
        MemorySegment a = memory(dtype);
        MemorySegment b = memory(dtype);
        assertNoBoxes(CALLS, () -> loops.add(target, 0, a, 0, LENGTH));
        assertNoBoxes(CALLS, () -> loops.addScaled(target, 0, 0.5, a, 0, LENGTH));
        assertNoBoxes(CALLS, () -> loops.scale(target, 0, 0.5, a, 0, LENGTH));
        assertNoBoxes(CALLS, () -> loops.addProducts(target, 0, 0.5, a, 0, b, 0, LENGTH));
        PlaneRun run = window(new PlaneRun(target, null)).inPlace();
        assertNoBoxes(CALLS_OF_PLANES, () -> loops.innerProducts(run, a, 0, b, 0, LENGTH, 2));
    }

    @ParameterizedTest
    @EnumSource
    void searchesAndInnerProducts(DType dtype) {
        Loops loops = Loops.get(dtype);
        MemorySegment a = memory(dtype);
        MemorySegment b = memory(dtype);
        int[] found = new int[LENGTH];
        assertNoBoxes(CALLS, () -> loops.above(a, 0, 0.5, b, 0, LENGTH, found));
        double[] product = new double[1];
        assertNoBoxes(CALLS, () -> product[0] += loops.innerProduct(a, 0, b, 0, LENGTH));
    }

    @ParameterizedTest
    @EnumSource
    void transpositions(DType dtype) {
        Transposition squares = Loops.get(dtype).transposition(arena);
        MemorySegment source = memory(dtype);
        MemorySegment target = memory(dtype);
        assertNoBoxes(CALLS, () -> squares.square(source, 1, LENGTH, target, 2, LENGTH));
    }
}
