package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/**
 * Loops over planes that do not read the NTK of what they see. The build runs this class once per
 * vector width.
 */
class WithoutNtkLoopTwinsTest {
    private static final int GEOMETRIES = 40;
    private static final AbReluMap MAP = new AbReluMap(0.3, 1.2);
    private static final AffineStep STEP = new AffineStep(0.9, 0.1, 0.6, 1.1, 0.2);

    private static FactorTable table(
            Arena arena, DType dtype, MapLoop loop, PlaneGeometry geometry, SplittableRandom from) {
        int size = (geometry.lastEntry() + 1) * geometry.stride();
        var table = new FactorTable(arena, dtype, loop.factors(), size, geometry.stride());
        double[] factors = new double[loop.factors()];
        for (int entry = 0; entry < size; entry++) {
            loop.prepare(from.nextDouble(1.6, 4), factors);
            table.set(entry, factors);
        }
        return table;
    }

    /** What stands where nobody reads would make every result NaN. */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void ntkThatIsNotReadCountsAsZero(boolean nonNegative, boolean laneByLane) {
        assumeFalse(Loops.get(DType.F32) instanceof ScalarLoops, "scalar loops map cell by cell");
        MapLoop map = Loops.get(DType.F32).map(MAP, nonNegative, true);
        PlaneMapLoop loop = assertInstanceOf(PlaneMapLoop.class, map);
        var random = new SplittableRandom(87);
        for (int i = 0; i < GEOMETRIES; i++) {
            try (Arena arena = Arena.ofConfined()) {
                PlaneGeometry geometry = PlaneGeometry.random(random);
                FactorTable rows = table(arena, DType.F32, loop, geometry, random);
                FactorTable columns = table(arena, DType.F32, loop, geometry, random);
                Tensor nngp = geometry.values(arena, DType.F32, 0.16, random);
                Tensor nngpTwin = Tensor.allocate(arena, DType.F32, nngp.shape());
                nngpTwin.assign(nngp);
                Tensor zeros = Tensor.allocate(arena, DType.F32, nngp.shape());
                Tensor nothing = Tensor.allocate(arena, DType.F32, nngp.shape());
                for (int at = 0; at < nothing.size(); at++) {
                    nothing.set(Double.NaN, at);
                }
                var own = new OwnFactors(DType.F32, loop.factors(), geometry.lastEntry() + 1);
                own.copy(rows, 0);
                PlaneRun run = geometry.window(nngp, nothing).withoutNtkOfSource();
                PlaneRun twin = geometry.window(nngpTwin, zeros);
                if (laneByLane) {
                    loop.applyToPlane(run, STEP, rows, 0, columns, 0);
                    loop.applyToPlane(twin, STEP, rows, 0, columns, 0);
                } else {
                    loop.applyToPlane(run, STEP, own, columns, 0);
                    loop.applyToPlane(twin, STEP, own, columns, 0);
                }
                for (int at = 0; at < nngp.size(); at++) {
                    if (geometry.holds(at)) {
                        assertEquals(nngpTwin.get(at), nngp.get(at), "nngp " + at);
                        assertEquals(zeros.get(at), nothing.get(at), "ntk " + at);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void loopsForBothKernelsRefuseOne(DType dtype) {
        assumeFalse(Loops.get(dtype) instanceof ScalarLoops, "scalar loops have one factor");
        try (Arena arena = Arena.ofConfined()) {
            var random = new SplittableRandom(89);
            PlaneGeometry geometry = PlaneGeometry.random(random);
            Tensor nngp = geometry.values(arena, dtype, 1, random);
            MapLoop loop = Loops.get(dtype).map(MAP, false, true);
            PlaneMapLoop planes = assertInstanceOf(PlaneMapLoop.class, loop);
            FactorTable table = table(arena, dtype, loop, geometry, random);
            PlaneRun plane = geometry.inPlace(nngp, null);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> planes.applyToPlane(plane, STEP, table, 0, table, 0));
            Run run = new Run(nngp.segment(), null).at(0, 1);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> loop.apply(run, STEP, table, 0, table, 0));
            MapLoop other = Loops.get(dtype).map(MAP);
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> other.apply(run, STEP, table, 0, table, 0));
        }
    }

    @ParameterizedTest
    @EnumSource
    void sumsOfWindowsRefuse(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            var random = new SplittableRandom(88);
            PlaneGeometry geometry = PlaneGeometry.random(random);
            Tensor nngp = geometry.values(arena, dtype, 1, random);
            PlaneRun run = geometry.window(nngp, nngp).withoutNtkOfSource();
            LaneLoops loops = Loops.get(dtype).lanes();
            assertThrows(IllegalArgumentException.class, () -> loops.sumWindow(run));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new ScalarLaneLoops(dtype).sumWindow(run));
        }
    }
}
