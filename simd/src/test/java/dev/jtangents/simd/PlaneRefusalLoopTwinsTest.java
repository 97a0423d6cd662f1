package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/**
 * Planes that leave their memory or their tables are refused before anything is written. The build
 * runs this class once per vector width.
 */
class PlaneRefusalLoopTwinsTest {
    private static final int STRIDE = 16;
    private static final int ROWS = 2;
    private static final int ROW_LENGTH = 3;
    private static final int PLANE = ROWS * ROW_LENGTH * STRIDE;

    /** Zeros, then the source, then the target, and not an element more. */
    private static final int SOURCE = ROW_LENGTH * STRIDE;

    private static final int TARGET = SOURCE + PLANE;
    private static final int SIZE = TARGET + PLANE;
    private static final int[] ENTRIES = {0, ROW_LENGTH};
    private static final int COLUMNS = PLANE;
    private static final int[] SOURCE_ROWS = {-1, 0, 1, 0, 1, -1};

    private static MemorySegment ones(Arena arena, DType dtype, int size) {
        Tensor tensor = Tensor.allocate(arena, dtype, Shape.of(size));
        for (int i = 0; i < size; i++) {
            tensor.set(1, i);
        }
        return tensor.segment();
    }

    /** Runs that fit exactly. */
    private static PlaneRun fitting(PlaneRun run) {
        return run.to(TARGET, STRIDE, STRIDE, ROW_LENGTH, ENTRIES)
                .from(SOURCE, SOURCE_ROWS, -1, ROW_LENGTH, 0);
    }

    private static void assertOutside(MemorySegment values, Executable call) {
        byte[] before = values.toArray(ValueLayout.JAVA_BYTE);
        assertThrows(IndexOutOfBoundsException.class, call);
        assertEquals(-1, MemorySegment.ofArray(before).mismatch(values));
    }

    /** A fitting run is refused once it is changed, by sums and by a map's loop. */
    private static void assertOutside(DType dtype, Consumer<PlaneRun> change) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = ones(arena, dtype, SIZE);
            PlaneRun run = fitting(new PlaneRun(values, values));
            change.accept(run);
            assertOutside(values, () -> Loops.get(dtype).lanes().sumWindow(run));
            assertOutside(values, () -> new ScalarLaneLoops(dtype).sumWindow(run));
            if (Loops.get(dtype).map(new AbReluMap(0, 1)) instanceof PlaneMapLoop loop) {
                var own = new OwnFactors(dtype, loop.factors(), 100);
                var columns = new FactorTable(arena, dtype, loop.factors(), 100L * STRIDE, STRIDE);
                assertOutside(
                        values, () -> loop.applyToPlane(run, AffineStep.IDENTITY, own, columns, 0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void runsThatFitAreTaken(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = ones(arena, dtype, SIZE);
            PlaneRun run = fitting(new PlaneRun(values, values));
            assertDoesNotThrow(() -> Loops.get(dtype).lanes().sumWindow(run));
            assertDoesNotThrow(() -> new ScalarLaneLoops(dtype).sumWindow(run));
        }
    }

    @ParameterizedTest
    @EnumSource
    void targetsOutsideTheirMemoryAreRefused(DType dtype) {
        assertOutside(dtype, run -> run.to(TARGET + 1, STRIDE, STRIDE, ROW_LENGTH, ENTRIES));
        assertOutside(dtype, run -> run.to(-1, STRIDE, STRIDE, ROW_LENGTH, ENTRIES));
        assertOutside(dtype, run -> run.to(TARGET, STRIDE, STRIDE + 1, ROW_LENGTH, ENTRIES));
        assertOutside(dtype, run -> run.to(TARGET, STRIDE + 1, STRIDE, ROW_LENGTH, ENTRIES));
        assertOutside(dtype, run -> run.to(TARGET, STRIDE, -STRIDE, ROW_LENGTH, ENTRIES));
        assertOutside(dtype, run -> run.to(TARGET, STRIDE, STRIDE, -1, ENTRIES));
        assertOutside(dtype, run -> run.to(TARGET, STRIDE, STRIDE, ROW_LENGTH, new int[0]));
        assertOutside(dtype, run -> run.to(TARGET, STRIDE, STRIDE, ROW_LENGTH, new int[3]));
        int[] descending = {ROW_LENGTH, 0};
        assertOutside(dtype, run -> run.to(TARGET, STRIDE, STRIDE, ROW_LENGTH, descending));
    }

    @ParameterizedTest
    @EnumSource
    void windowsThatDoNotSlideAreRefused(DType dtype) {
        for (int first : new int[] {-2, 1, 2}) {
            assertOutside(dtype, run -> run.from(SOURCE, SOURCE_ROWS, first, ROW_LENGTH, 0));
        }
        assertOutside(dtype, run -> run.from(SOURCE, SOURCE_ROWS, 0, ROW_LENGTH, 0));
        assertOutside(dtype, run -> run.from(SOURCE, SOURCE_ROWS, -1, ROW_LENGTH - 1, 0));
        assertOutside(dtype, run -> run.from(SOURCE, new int[5], -1, ROW_LENGTH, 0));
        assertOutside(dtype, run -> run.from(SOURCE, new int[9], -1, ROW_LENGTH, 0));
        assertOutside(dtype, run -> oneCell(run).from(SOURCE, SOURCE_ROWS, -1, 0, 0));
        assertOutside(dtype, run -> oneCell(run).from(SOURCE, SOURCE_ROWS, 0, 1, 0));
    }

    private static PlaneRun oneCell(PlaneRun run) {
        return run.to(TARGET, STRIDE, STRIDE, 1, ENTRIES);
    }

    @ParameterizedTest
    @EnumSource
    void sourcesOutsideTheirMemoryAreRefused(DType dtype) {
        int row = ROW_LENGTH * STRIDE;
        assertOutside(dtype, run -> run.from(-1, SOURCE_ROWS, -1, ROW_LENGTH, 0));
        assertOutside(dtype, run -> run.from(SIZE - 2 * row + 1, SOURCE_ROWS, -1, ROW_LENGTH, 0));
        assertOutside(
                dtype, run -> run.from(SIZE, new int[] {-1, -1, -1, -1, -1, 0}, -1, ROW_LENGTH, 0));
        assertOutside(dtype, run -> run.from(SOURCE, SOURCE_ROWS, -1, SIZE / STRIDE, 0));
        assertOutside(dtype, run -> run.from(SOURCE, SOURCE_ROWS, -1, ROW_LENGTH, -1));
        assertOutside(dtype, run -> run.from(SOURCE, SOURCE_ROWS, -1, ROW_LENGTH, SIZE - row + 1));
    }

    @ParameterizedTest
    @EnumSource
    void otherPlanesOutsideTheirMemoryAreRefused(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = ones(arena, dtype, SIZE);
            for (int offset : new int[] {-1, SIZE - PLANE + 1, SIZE}) {
                PlaneRun sum = fitting(new PlaneRun(values, values)).plus(offset);
                assertOutside(values, () -> Loops.get(dtype).lanes().sumWindow(sum));
                assertOutside(values, () -> new ScalarLaneLoops(dtype).sumWindow(sum));
                PlaneRun map = fitting(new PlaneRun(values, values)).from(offset);
                assertRefused(dtype, values, map, IndexOutOfBoundsException.class);
            }
            PlaneRun map = fitting(new PlaneRun(values, values)).plus(TARGET);
            assertRefused(dtype, values, map, IllegalArgumentException.class);
            PlaneRun inPlace = fitting(new PlaneRun(values, values)).inPlace().plus(TARGET);
            assertRefused(dtype, values, inPlace, IllegalArgumentException.class);
        }
    }

    private static void assertRefused(
            DType dtype, MemorySegment values, PlaneRun run, Class<? extends Exception> why) {
        if (Loops.get(dtype).map(new AbReluMap(0, 1)) instanceof PlaneMapLoop loop) {
            try (Arena arena = Arena.ofConfined()) {
                byte[] before = values.toArray(ValueLayout.JAVA_BYTE);
                var own = new OwnFactors(dtype, loop.factors(), 100);
                var columns = new FactorTable(arena, dtype, loop.factors(), 100L * STRIDE, STRIDE);
                var step = AffineStep.IDENTITY;
                assertThrows(why, () -> loop.applyToPlane(run, step, own, columns, 0));
                assertEquals(-1, MemorySegment.ofArray(before).mismatch(values));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aShorterTangentKernelIsRefused(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = ones(arena, dtype, SIZE);
            PlaneRun run = fitting(new PlaneRun(values, ones(arena, dtype, SIZE - 1)));
            assertOutside(values, () -> Loops.get(dtype).lanes().sumWindow(run));
            assertOutside(values, () -> new ScalarLaneLoops(dtype).sumWindow(run));
        }
    }

    @ParameterizedTest
    @EnumSource
    void entriesOutsideTheirTablesAreRefused(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            assumeTrue(
                    Loops.get(dtype).map(new AbReluMap(0, 1)) instanceof PlaneMapLoop,
                    "scalar loops map cell by cell");
            var loop = (PlaneMapLoop) Loops.get(dtype).map(new AbReluMap(0, 1));
            MemorySegment values = ones(arena, dtype, SIZE);
            int cells = ROWS * ROW_LENGTH;
            var own = new OwnFactors(dtype, loop.factors(), cells);
            var fewer = new OwnFactors(dtype, loop.factors(), cells - 1);
            var columns = new FactorTable(arena, dtype, loop.factors(), COLUMNS, STRIDE);
            var narrower = new FactorTable(arena, dtype, loop.factors(), COLUMNS - 1, STRIDE);
            var step = AffineStep.IDENTITY;
            var before = new PlaneRun(values, null);
            before.to(TARGET, STRIDE, STRIDE, ROW_LENGTH, new int[] {-1, 2});
            for (PlaneRun run :
                    new PlaneRun[] {
                        fitting(new PlaneRun(values, null)),
                        fitting(new PlaneRun(values, null)).inPlace()
                    }) {
                assertOutside(values, () -> loop.applyToPlane(run, step, fewer, columns, 0));
                assertOutside(values, () -> loop.applyToPlane(run, step, own, columns, 1));
                assertOutside(values, () -> loop.applyToPlane(run, step, own, columns, -1));
                assertOutside(values, () -> loop.applyToPlane(run, step, own, narrower, 0));
            }
            assertOutside(values, () -> loop.applyToPlane(before, step, own, columns, STRIDE));
            assertDoesNotThrow(
                    () ->
                            loop.applyToPlane(
                                    fitting(new PlaneRun(values, null)).inPlace(),
                                    step,
                                    own,
                                    columns,
                                    0));
        }
    }

    /** The loops go through factors and cells with one step. */
    @ParameterizedTest
    @EnumSource
    void factorsThatAreNotAsFarApartAsTheCellsAreRefused(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            assumeTrue(
                    Loops.get(dtype).map(new AbReluMap(0, 1)) instanceof PlaneMapLoop,
                    "scalar loops map cell by cell");
            var loop = (PlaneMapLoop) Loops.get(dtype).map(new AbReluMap(0, 1));
            MemorySegment values = ones(arena, dtype, SIZE);
            var own = new OwnFactors(dtype, loop.factors(), ROWS * ROW_LENGTH);
            for (int entryStep : new int[] {0, STRIDE - 1, STRIDE + 1}) {
                var columns = new FactorTable(arena, dtype, loop.factors(), 2 * PLANE, entryStep);
                PlaneRun run = fitting(new PlaneRun(values, null));
                assertOutside(
                        values, () -> loop.applyToPlane(run, AffineStep.IDENTITY, own, columns, 0));
            }
        }
    }
}
