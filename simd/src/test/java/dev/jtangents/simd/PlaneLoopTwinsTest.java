package dev.jtangents.simd;

import static dev.jtangents.simd.PlaneCells.assertCells;
import static dev.jtangents.simd.PlaneCells.copy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * Loops over all cells of a plane against loops over one cell after another, on random geometries.
 * The build runs this class once per vector width.
 */
class PlaneLoopTwinsTest {
    private static final int GEOMETRIES = 60;

    private static final List<AffineStep> STEPS =
            List.of(
                    AffineStep.IDENTITY,
                    new AffineStep(0.9, 0.1, 0.6, 1.1, 0.2),
                    new AffineStep(0.7, -0.3, 1, 0, 0),
                    new AffineStep(0.2, 0.4, 0.5, -0.3, 1));

    private static final List<AbReluMap> MAPS =
            List.of(
                    new AbReluMap(0, 1),
                    new AbReluMap(-1, 1),
                    new AbReluMap(0.3, -1.2),
                    new AbReluMap(0.2, 1));

    static Stream<Arguments> mapsAndTypes() {
        return MAPS.stream()
                .flatMap(map -> Stream.of(DType.values()).map(type -> Arguments.of(map, type)));
    }

    private static boolean scalar() {
        return Loops.get(DType.F32) instanceof ScalarLoops;
    }

    private static PlaneMapLoop planeLoop(AbReluMap map, DType dtype) {
        assumeFalse(scalar(), "scalar loops map cell by cell");
        return assertInstanceOf(PlaneMapLoop.class, Loops.get(dtype).map(map));
    }

    /** Examples of random variances at all entries, whose factors any loop can be given. */
    private static final class Examples {
        private final PlaneGeometry geometry;
        private final DType dtype;
        private final int ownStep;
        private final double[] own;
        private final double[] columns;
        private final int row;
        private final int column;

        Examples(
                PlaneGeometry geometry,
                DType dtype,
                SplittableRandom random,
                DoubleSupplier variance) {
            this.geometry = geometry;
            this.dtype = dtype;
            ownStep = 1 + random.nextInt(3);
            row = random.nextInt(3);
            column = random.nextInt(3);
            int last = geometry.lastEntry();
            own =
                    Stream.generate(variance::getAsDouble)
                            .limit(row + (last + 1L) * ownStep)
                            .mapToDouble(Double::doubleValue)
                            .toArray();
            columns =
                    Stream.generate(variance::getAsDouble)
                            .limit(column + (long) last * geometry.stride() + geometry.length())
                            .mapToDouble(Double::doubleValue)
                            .toArray();
        }

        double own(int cell) {
            return own[row + geometry.entry(cell) * ownStep];
        }

        double column(int cell, int lane) {
            return columns[column + geometry.entry(cell) * geometry.stride() + lane];
        }

        private FactorTable table(Arena arena, MapLoop loop, double[] variances, int entryStep) {
            var table = new FactorTable(arena, dtype, loop.factors(), variances.length, entryStep);
            double[] factors = new double[loop.factors()];
            for (int entry = 0; entry < variances.length; entry++) {
                loop.prepare(variances[entry], factors);
                table.set(entry, factors);
            }
            return table;
        }

        void applyToPlane(Arena arena, PlaneMapLoop loop, PlaneRun run, AffineStep step) {
            assertTrue(loop.takes(step));
            var factors = new OwnFactors(dtype, loop.factors(), geometry.lastEntry() + 1);
            factors.copy(table(arena, loop, own, ownStep), row);
            FactorTable table = table(arena, loop, columns, geometry.stride());
            loop.applyToPlane(run, step, factors, table, column);
        }

        /** Applies a loop to each cell, with the factors that belong to it alone. */
        void applyToCells(
                Arena arena, MapLoop loop, Tensor nngp, @Nullable Tensor ntk, AffineStep step) {
            FactorTable rows = table(arena, loop, own, ownStep);
            FactorTable table = table(arena, loop, columns, geometry.stride());
            var run = new Run(nngp.segment(), ntk == null ? null : ntk.segment());
            for (int cell = 0; cell < geometry.cells(); cell++) {
                loop.apply(
                        run.at(geometry.at(cell, 0), geometry.length()),
                        step,
                        rows,
                        row + (long) geometry.entry(cell) * ownStep,
                        table,
                        column + (long) geometry.entry(cell) * geometry.stride());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("mapsAndTypes")
    void windowsAreSummedAndMapped(AbReluMap map, DType dtype) {
        PlaneMapLoop loop = planeLoop(map, dtype);
        assumeTrue(loop.sumsWindows(), "sums of windows are a pass of their own");
        var random = new SplittableRandom(82);
        double tolerance = dtype == DType.F32 ? 3e-6 : 3e-14;
        for (int i = 0; i < GEOMETRIES; i++) {
            try (Arena arena = Arena.ofConfined()) {
                PlaneGeometry geometry = PlaneGeometry.random(random);
                var examples =
                        new Examples(geometry, dtype, random, () -> random.nextDouble(1.6, 4));
                AffineStep step = STEPS.get(i % STEPS.size());
                // No sum of nine is a covariance that these variances forbid.
                Tensor nngp = geometry.values(arena, dtype, 0.16, random);
                Tensor ntk = geometry.values(arena, dtype, 0.3, random);
                Tensor nngpBefore = copy(arena, nngp);
                Tensor ntkBefore = copy(arena, ntk);
                Tensor nngpTwin = copy(arena, nngp);
                Tensor ntkTwin = copy(arena, ntk);
                examples.applyToPlane(arena, loop, geometry.window(nngp, ntk), step);
                new ScalarLaneLoops(dtype).sumWindow(geometry.window(nngpTwin, ntkTwin));
                MapLoop definition = new ScalarLoops(dtype).map(map);
                examples.applyToCells(arena, definition, nngpTwin, ntkTwin, step);
                assertCells(geometry, nngpBefore, nngpTwin, nngp, tolerance);
                assertCells(geometry, ntkBefore, ntkTwin, ntk, tolerance);
                Tensor alone = copy(arena, nngpBefore);
                examples.applyToPlane(arena, loop, geometry.window(alone, null), step);
                assertCells(geometry, nngpBefore, nngp, alone, tolerance);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("mapsAndTypes")
    void cellsAreMappedInPlace(AbReluMap map, DType dtype) {
        var random = new SplittableRandom(83);
        inPlace(
                map,
                dtype,
                STEPS,
                random,
                () -> random.nextDouble(0.1, 5),
                () -> random.nextDouble(-0.95, 0.95),
                dtype == DType.F32 ? 4e-6 : 3e-14);
    }

    /** Where an angle vanishes, it carries the square root of the rounding of the correlation. */
    @ParameterizedTest
    @MethodSource("mapsAndTypes")
    void cellsOfDegenerateExamplesAreMappedInPlace(AbReluMap map, DType dtype) {
        var random = new SplittableRandom(84);
        double[] variances = {0, 1e-20, 1e-3, 1, 7};
        double[] correlations = {-1, -1 + 1e-9, -0.5, 0, 0.5, 1 - 1e-3, 1 - 1e-9, 1};
        inPlace(
                map,
                dtype,
                List.of(new AffineStep(1.7, 0, 0.6, 1.1, 0.2)),
                random,
                () -> variances[random.nextInt(variances.length)],
                () -> correlations[random.nextInt(correlations.length)],
                dtype == DType.F32 ? 4e-3 : 2e-7);
    }

    @ParameterizedTest
    @MethodSource("mapsAndTypes")
    void cellsOfAnotherPlaneAreMappedAsThoseInPlace(AbReluMap map, DType dtype) {
        PlaneMapLoop loop = planeLoop(map, dtype);
        var random = new SplittableRandom(87);
        for (int i = 0; i < GEOMETRIES; i++) {
            try (Arena arena = Arena.ofConfined()) {
                PlaneGeometry geometry = PlaneGeometry.random(random);
                var examples = new Examples(geometry, dtype, random, () -> random.nextDouble(1, 4));
                AffineStep step = STEPS.get(i % STEPS.size());
                Tensor nngp = geometry.values(arena, dtype, 0.9, random);
                Tensor ntk = geometry.values(arena, dtype, 2, random);
                Tensor nngpBefore = copy(arena, nngp);
                Tensor ntkBefore = copy(arena, ntk);
                Tensor nngpTwin = copy(arena, nngp);
                Tensor ntkTwin = copy(arena, ntk);
                int size = geometry.size() - geometry.other();
                for (Tensor twin : List.of(nngpTwin, ntkTwin)) {
                    Tensor flat = twin.slice(0, geometry.other(), geometry.size());
                    twin.slice(0, geometry.target(), geometry.target() + size).assign(flat);
                }
                PlaneRun run = geometry.inPlace(nngp, ntk).from(geometry.other());
                examples.applyToPlane(arena, loop, run, step);
                PlaneRun inPlace = geometry.inPlace(nngpTwin, ntkTwin);
                examples.applyToPlane(arena, loop, inPlace, step);
                assertCells(geometry, nngpBefore, nngpTwin, nngp, 0);
                assertCells(geometry, ntkBefore, ntkTwin, ntk, 0);
                Tensor alone = copy(arena, nngpBefore);
                PlaneRun runAlone = geometry.inPlace(alone, null).from(geometry.other());
                examples.applyToPlane(arena, loop, runAlone, step);
                assertCells(geometry, nngpBefore, nngp, alone, dtype == DType.F32 ? 3e-6 : 3e-14);
            }
        }
    }

    /** The loop over a plane, the same loop over each cell and the definition over each cell. */
    private static void inPlace(
            AbReluMap map,
            DType dtype,
            List<AffineStep> steps,
            SplittableRandom random,
            DoubleSupplier variance,
            DoubleSupplier correlation,
            double tolerance) {
        PlaneMapLoop loop = planeLoop(map, dtype);
        for (int i = 0; i < GEOMETRIES; i++) {
            try (Arena arena = Arena.ofConfined()) {
                PlaneGeometry geometry = PlaneGeometry.random(random);
                var examples = new Examples(geometry, dtype, random, variance);
                AffineStep step = steps.get(i % steps.size());
                Tensor nngp = geometry.values(arena, dtype, 1, random);
                Tensor ntk = geometry.values(arena, dtype, 2, random);
                for (int cell = 0; cell < geometry.cells(); cell++) {
                    for (int lane = 0; lane < geometry.length(); lane++) {
                        double size =
                                Math.sqrt(examples.own(cell))
                                        * Math.sqrt(examples.column(cell, lane));
                        nngp.set(
                                (correlation.getAsDouble() * size - step.shift()) / step.scale(),
                                geometry.at(cell, lane));
                    }
                }
                Tensor nngpBefore = copy(arena, nngp);
                Tensor ntkBefore = copy(arena, ntk);
                examples.applyToPlane(arena, loop, geometry.inPlace(nngp, ntk), step);
                for (MapLoop twin : List.of(loop, new ScalarLoops(dtype).map(map))) {
                    Tensor nngpTwin = copy(arena, nngpBefore);
                    Tensor ntkTwin = copy(arena, ntkBefore);
                    examples.applyToCells(arena, twin, nngpTwin, ntkTwin, step);
                    assertCells(geometry, nngpBefore, nngpTwin, nngp, tolerance);
                    assertCells(geometry, ntkBefore, ntkTwin, ntk, tolerance);
                }
                Tensor alone = copy(arena, nngpBefore);
                examples.applyToPlane(arena, loop, geometry.inPlace(alone, null), step);
                assertCells(geometry, nngpBefore, nngp, alone, tolerance);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyStepsThatCanBeDividedByTheirScaleAreTaken(DType dtype) {
        PlaneMapLoop loop = planeLoop(new AbReluMap(0, 1), dtype);
        for (double scale : new double[] {0, -1, 1e-6, Double.NaN}) {
            assertFalse(loop.takes(new AffineStep(scale, 0, 1, 0, 0)), "scale " + scale);
        }
        for (double shift : new double[] {1e6, -1e6, Double.POSITIVE_INFINITY, Double.NaN}) {
            assertFalse(loop.takes(new AffineStep(1, shift, 1, 0, 0)), "shift " + shift);
        }
        assertTrue(loop.takes(new AffineStep(1e-5, 1, 0, 0, 0)));
    }
}
