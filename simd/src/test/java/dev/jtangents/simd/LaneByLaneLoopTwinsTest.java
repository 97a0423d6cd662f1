package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/**
 * Loops over planes with an example of the first batch in each lane. The build runs this class once
 * per vector width.
 */
class LaneByLaneLoopTwinsTest {
    private static final int GEOMETRIES = 40;
    private static final AbReluMap MAP = new AbReluMap(0.3, 1.2);
    private static final AffineStep STEP = new AffineStep(0.9, 0.1, 0.6, 1.1, 0.2);

    private static PlaneMapLoop loop(DType dtype) {
        assumeFalse(Loops.get(dtype) instanceof ScalarLoops, "scalar loops map cell by cell");
        return assertInstanceOf(PlaneMapLoop.class, Loops.get(dtype).map(MAP));
    }

    private static Tensor copy(Arena arena, Tensor tensor) {
        Tensor copy = Tensor.allocate(arena, tensor.dtype(), tensor.shape());
        copy.assign(tensor);
        return copy;
    }

    /** Factors of random variances at all entries, in the same place as the cells' lanes. */
    private static FactorTable table(
            Arena arena, DType dtype, PlaneGeometry geometry, SplittableRandom random) {
        MapLoop loop = Loops.get(dtype).map(MAP);
        int size = (geometry.lastEntry() + 1) * geometry.stride();
        var table = new FactorTable(arena, dtype, loop.factors(), size, geometry.stride());
        double[] factors = new double[loop.factors()];
        for (int entry = 0; entry < size; entry++) {
            loop.prepare(random.nextDouble(1.6, 4), factors);
            table.set(entry, factors);
        }
        return table;
    }

    private static PlaneRun run(
            PlaneGeometry geometry, boolean sums, Tensor nngp, @Nullable Tensor ntk) {
        return sums ? geometry.window(nngp, ntk) : geometry.inPlace(nngp, ntk);
    }

    @ParameterizedTest
    @CsvSource({"F32, false", "F32, true", "F64, false", "F64, true"})
    void eachLaneHasAnExampleToItself(DType dtype, boolean sums) {
        PlaneMapLoop loop = loop(dtype);
        boolean summed = sums && !loop.sumsWindows();
        double tolerance = dtype == DType.F32 ? 4e-6 : 3e-14;
        var random = new SplittableRandom(86);
        for (int i = 0; i < GEOMETRIES; i++) {
            try (Arena arena = Arena.ofConfined()) {
                PlaneGeometry geometry = PlaneGeometry.random(random);
                FactorTable rows = table(arena, dtype, geometry, random);
                FactorTable columns = table(arena, dtype, geometry, random);
                Tensor nngp = geometry.values(arena, dtype, 0.16, random);
                Tensor ntk = geometry.values(arena, dtype, 0.3, random);
                Tensor nngpTwin = copy(arena, nngp);
                Tensor ntkTwin = copy(arena, ntk);
                Tensor alone = copy(arena, nngp);
                for (@Nullable Tensor with : new Tensor[] {ntk, null}) {
                    PlaneRun run = run(geometry, sums, with == null ? alone : nngp, with);
                    if (summed) {
                        Loops.get(dtype).lanes().sumWindow(run);
                        run.inPlace();
                    }
                    loop.applyToPlane(run, STEP, rows, 0, columns, 0);
                }
                if (sums) {
                    new ScalarLaneLoops(dtype).sumWindow(geometry.window(nngpTwin, ntkTwin));
                }
                define(dtype, geometry, nngpTwin, ntkTwin, rows, columns);
                for (int at = 0; at < nngp.size(); at++) {
                    if (geometry.holds(at)) {
                        assertEquals(nngpTwin.get(at), nngp.get(at), tolerance, "nngp " + at);
                        assertEquals(nngpTwin.get(at), alone.get(at), tolerance, "alone " + at);
                        assertEquals(ntkTwin.get(at), ntk.get(at), tolerance, "ntk " + at);
                    }
                }
            }
        }
    }

    /** The definition of the map, entry by entry. */
    private static void define(
            DType dtype,
            PlaneGeometry geometry,
            Tensor nngp,
            Tensor ntk,
            FactorTable rows,
            FactorTable columns) {
        MapLoop definition = new ScalarLoops(dtype).map(MAP);
        var run = new Run(nngp.segment(), ntk.segment());
        try (Arena arena = Arena.ofConfined()) {
            FactorTable first = variances(arena, dtype, definition, rows, geometry);
            FactorTable second = variances(arena, dtype, definition, columns, geometry);
            for (int cell = 0; cell < geometry.cells(); cell++) {
                for (int lane = 0; lane < geometry.length(); lane++) {
                    long entry = (long) geometry.entry(cell) * geometry.stride() + lane;
                    run.at(geometry.at(cell, lane), 1);
                    definition.apply(run, STEP, first, entry, second, entry);
                }
            }
        }
    }

    /** The same examples for the definition, whose factors are other ones. */
    private static FactorTable variances(
            Arena arena,
            DType dtype,
            MapLoop definition,
            FactorTable table,
            PlaneGeometry geometry) {
        int size = (geometry.lastEntry() + 1) * geometry.stride();
        var made = new FactorTable(arena, dtype, definition.factors(), size);
        double[] factors = new double[definition.factors()];
        for (int entry = 0; entry < size; entry++) {
            double inverse = table.get(AbReluLoop.INVERSE, entry);
            definition.prepare(1 / (inverse * inverse), factors);
            made.set(entry, factors);
        }
        return made;
    }

    /** One example in all lanes is one example, to the last bit. */
    @ParameterizedTest
    @CsvSource({"F32, false", "F32, true", "F64, false"})
    void oneExampleInAllLanesIsOne(DType dtype, boolean sums) {
        PlaneMapLoop loop = loop(dtype);
        var random = new SplittableRandom(87);
        for (int i = 0; i < GEOMETRIES; i++) {
            try (Arena arena = Arena.ofConfined()) {
                PlaneGeometry geometry = PlaneGeometry.random(random);
                FactorTable columns = table(arena, dtype, geometry, random);
                FactorTable rows = table(arena, dtype, geometry, random);
                int entries = geometry.lastEntry() + 1;
                var one = new FactorTable(arena, dtype, loop.factors(), entries, 1);
                double[] factors = new double[loop.factors()];
                for (int entry = 0; entry < entries; entry++) {
                    loop.prepare(random.nextDouble(1.6, 4), factors);
                    one.set(entry, factors);
                    for (int lane = 0; lane < geometry.stride(); lane++) {
                        rows.set((long) entry * geometry.stride() + lane, factors);
                    }
                }
                var own = new OwnFactors(dtype, loop.factors(), entries);
                own.copy(one, 0);
                Tensor nngp = geometry.values(arena, dtype, 0.16, random);
                Tensor ntk = geometry.values(arena, dtype, 0.3, random);
                Tensor nngpOfOne = copy(arena, nngp);
                Tensor ntkOfOne = copy(arena, ntk);
                loop.applyToPlane(run(geometry, sums, nngp, ntk), STEP, rows, 0, columns, 0);
                loop.applyToPlane(run(geometry, sums, nngpOfOne, ntkOfOne), STEP, own, columns, 0);
                for (int at = 0; at < nngp.size(); at++) {
                    if (geometry.holds(at)) {
                        assertEquals(nngpOfOne.get(at), nngp.get(at), "nngp " + at);
                        assertEquals(ntkOfOne.get(at), ntk.get(at), "ntk " + at);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"F32", "F64"})
    void entriesOutsideTheirTablesAreRefused(DType dtype) {
        PlaneMapLoop loop = loop(dtype);
        try (Arena arena = Arena.ofConfined()) {
            var random = new SplittableRandom(88);
            PlaneGeometry geometry = PlaneGeometry.random(random);
            FactorTable fits = table(arena, dtype, geometry, random);
            Tensor nngp = geometry.values(arena, dtype, 0.16, random);
            PlaneRun run = geometry.inPlace(nngp, null);
            long after = fits.entryStep() * (geometry.lastEntry() + 1L);
            var apart = new FactorTable(arena, dtype, loop.factors(), 2 * after, 1);
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> loop.applyToPlane(run, STEP, fits, after, fits, 0));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> loop.applyToPlane(run, STEP, fits, -after, fits, 0));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> loop.applyToPlane(run, STEP, fits, 0, fits, after));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> loop.applyToPlane(run, STEP, apart, 0, fits, 0));
        }
    }
}
