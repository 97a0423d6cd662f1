package dev.jtangents.simd;

import static dev.jtangents.simd.PlaneCells.assertCells;
import static dev.jtangents.simd.PlaneCells.assertSameCells;
import static dev.jtangents.simd.PlaneCells.copy;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Sums of windows over planes against their definition, on random geometries. The build runs this
 * class once per vector width.
 */
class PlaneSumLoopTwinsTest {
    private static final int GEOMETRIES = 60;

    @ParameterizedTest
    @EnumSource
    void sumsAreThoseOfWhatTheCellsSee(DType dtype) {
        var random = new SplittableRandom(81);
        double tolerance = dtype == DType.F32 ? 3e-6 : 1e-14;
        for (LaneLoops loops : List.of(Loops.get(dtype).lanes(), new ScalarLaneLoops(dtype))) {
            for (int i = 0; i < GEOMETRIES; i++) {
                try (Arena arena = Arena.ofConfined()) {
                    PlaneGeometry geometry = PlaneGeometry.random(random);
                    Tensor nngp = geometry.values(arena, dtype, 2, random);
                    Tensor ntk = geometry.values(arena, dtype, 3, random);
                    Tensor nngpBefore = copy(arena, nngp);
                    Tensor ntkBefore = copy(arena, ntk);
                    loops.sumWindow(geometry.window(nngp, ntk));
                    Tensor nngpSums = sums(arena, geometry, nngpBefore);
                    Tensor ntkSums = sums(arena, geometry, ntkBefore);
                    assertCells(geometry, nngpBefore, nngpSums, nngp, tolerance);
                    assertCells(geometry, ntkBefore, ntkSums, ntk, tolerance);
                    Tensor alone = copy(arena, nngpBefore);
                    loops.sumWindow(geometry.window(alone, null));
                    assertSameCells(geometry, nngp, alone);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAffineStepMayFollowTheSums(DType dtype) {
        var random = new SplittableRandom(82);
        var step = new AffineStep(0.7, 0.2, 0.6, 1.1, -0.3);
        double tolerance = dtype == DType.F32 ? 3e-6 : 1e-14;
        for (LaneLoops loops : List.of(Loops.get(dtype).lanes(), new ScalarLaneLoops(dtype))) {
            for (int i = 0; i < GEOMETRIES; i++) {
                try (Arena arena = Arena.ofConfined()) {
                    PlaneGeometry geometry = PlaneGeometry.random(random);
                    Tensor nngp = geometry.values(arena, dtype, 2, random);
                    Tensor ntk = geometry.values(arena, dtype, 3, random);
                    Tensor nngpBefore = copy(arena, nngp);
                    Tensor ntkBefore = copy(arena, ntk);
                    loops.sumWindow(geometry.window(nngp, ntk), step);
                    Tensor nngpAfter = sums(arena, geometry, nngpBefore);
                    Tensor ntkAfter = sums(arena, geometry, ntkBefore);
                    for (int at = 0; at < nngp.size(); at++) {
                        if (geometry.holds(at)) {
                            double sum = nngpAfter.get(at);
                            ntkAfter.set(step.ntk(sum, ntkAfter.get(at)), at);
                            nngpAfter.set(step.nngp(sum), at);
                        }
                    }
                    assertCells(geometry, nngpBefore, nngpAfter, nngp, 10 * tolerance);
                    assertCells(geometry, ntkBefore, ntkAfter, ntk, 10 * tolerance);
                    Tensor alone = copy(arena, nngpBefore);
                    loops.sumWindow(geometry.window(alone, null), step);
                    assertSameCells(geometry, nngp, alone);
                }
            }
        }
    }

    /** What is added may be another plane, or what the target holds before. */
    @ParameterizedTest
    @EnumSource
    void aPlaneMayBeAddedToTheSums(DType dtype) {
        var random = new SplittableRandom(86);
        var step = new AffineStep(0.7, 0.2, 0.6, 1.1, -0.3);
        double tolerance = dtype == DType.F32 ? 3e-6 : 1e-14;
        for (LaneLoops loops : List.of(Loops.get(dtype).lanes(), new ScalarLaneLoops(dtype))) {
            for (int i = 0; i < GEOMETRIES; i++) {
                try (Arena arena = Arena.ofConfined()) {
                    PlaneGeometry geometry = PlaneGeometry.random(random);
                    int addend = random.nextBoolean() ? geometry.other() : geometry.target();
                    Tensor nngp = geometry.values(arena, dtype, 2, random);
                    Tensor ntk = geometry.values(arena, dtype, 3, random);
                    Tensor nngpBefore = copy(arena, nngp);
                    Tensor ntkBefore = copy(arena, ntk);
                    Tensor nngpAfter = copy(arena, nngp);
                    Tensor ntkAfter = copy(arena, ntk);
                    loops.sumWindow(geometry.window(nngpAfter, ntkAfter), step);
                    for (int at = 0; at < nngp.size(); at++) {
                        if (geometry.holds(at)) {
                            int added = addend + at - geometry.target();
                            nngpAfter.set(nngpAfter.get(at) + nngpBefore.get(added), at);
                            ntkAfter.set(ntkAfter.get(at) + ntkBefore.get(added), at);
                        }
                    }
                    loops.sumWindow(geometry.window(nngp, ntk).plus(addend), step);
                    assertCells(geometry, nngpBefore, nngpAfter, nngp, tolerance);
                    assertCells(geometry, ntkBefore, ntkAfter, ntk, tolerance);
                    Tensor alone = copy(arena, nngpBefore);
                    loops.sumWindow(geometry.window(alone, null).plus(addend), step);
                    assertSameCells(geometry, nngp, alone);
                }
            }
        }
    }

    private static Tensor sums(Arena arena, PlaneGeometry geometry, Tensor before) {
        Tensor sums = copy(arena, before);
        for (int cell = 0; cell < geometry.cells(); cell++) {
            for (int lane = 0; lane < geometry.length(); lane++) {
                sums.set(geometry.sum(before, cell, lane), geometry.at(cell, lane));
            }
        }
        return sums;
    }
}
