package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Where no covariance is negative, the loops that count on it give bit for bit what the loops for
 * any covariances give. The build runs this class once per vector width.
 */
class AcuteLoopTwinsTest {
    private static final int GEOMETRIES = 40;
    private static final AffineStep STEP = new AffineStep(0.9, 0.1, 0.6, 1.1, 0.2);

    private static final List<AbReluMap> MAPS =
            List.of(new AbReluMap(0, 1), new AbReluMap(-1, 1), new AbReluMap(0.2, 1));

    /** What is done to a buffer of NNGP and one of NTK. */
    @FunctionalInterface
    private interface Pass {
        void run(MapLoop loop, FactorTable factors, Tensor nngp, Tensor ntk);
    }

    private static FactorTable ones(Arena arena, DType dtype, MapLoop loop, int size, int step) {
        var table = new FactorTable(arena, dtype, loop.factors(), size, step);
        double[] factors = new double[loop.factors()];
        loop.prepare(1, factors);
        for (int entry = 0; entry < size; entry++) {
            table.set(entry, factors);
        }
        return table;
    }

    private static Tensor values(
            Arena arena, DType dtype, PlaneGeometry geometry, double bound, long seed) {
        Tensor values = geometry.values(arena, dtype, bound, new SplittableRandom(seed));
        for (int i = 0; i < values.size(); i++) {
            values.set(Math.abs(values.get(i)), i);
        }
        return values;
    }

    private static void assertSame(DType dtype, PlaneGeometry geometry, double bound, Pass pass) {
        for (AbReluMap map : MAPS) {
            try (Arena arena = Arena.ofConfined()) {
                Tensor[][] results = new Tensor[2][];
                for (int acute = 0; acute < 2; acute++) {
                    MapLoop loop = Loops.get(dtype).map(map, acute == 1, false);
                    int entries = (geometry.lastEntry() + 1) * geometry.stride();
                    FactorTable factors = ones(arena, dtype, loop, entries, geometry.stride());
                    Tensor nngp = values(arena, dtype, geometry, bound, 1);
                    Tensor ntk = values(arena, dtype, geometry, 1, 2);
                    pass.run(loop, factors, nngp, ntk);
                    results[acute] = new Tensor[] {nngp, ntk};
                }
                for (int kernel = 0; kernel < 2; kernel++) {
                    for (int i = 0; i < geometry.size(); i++) {
                        if (geometry.holds(i)) {
                            double expected = results[0][kernel].get(i);
                            assertEquals(expected, results[1][kernel].get(i), map + " at " + i);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void rows(DType dtype) {
        var random = new SplittableRandom(91);
        for (int i = 0; i < GEOMETRIES; i++) {
            PlaneGeometry geometry = PlaneGeometry.random(random);
            Pass pass =
                    (loop, factors, nngp, ntk) -> {
                        MemorySegment covariances = nngp.segment();
                        for (Run run :
                                List.of(
                                        new Run(covariances, ntk.segment()),
                                        new Run(covariances, null))) {
                            for (int cell = 0; cell < geometry.cells(); cell++) {
                                run.at(geometry.at(cell, 0), geometry.length());
                                loop.apply(run, STEP, factors, 0, factors, 0);
                            }
                        }
                    };
            assertSame(dtype, geometry, 1, pass);
        }
    }

    @ParameterizedTest
    @EnumSource
    void planes(DType dtype) {
        assumeTrue(
                Loops.get(dtype).map(MAPS.getFirst()) instanceof PlaneMapLoop,
                "scalar loops map cell by cell");
        var random = new SplittableRandom(92);
        for (int i = 0; i < GEOMETRIES; i++) {
            PlaneGeometry geometry = PlaneGeometry.random(random);
            Pass pass =
                    (loop, factors, nngp, ntk) -> {
                        var planes = (PlaneMapLoop) loop;
                        var own = new OwnFactors(dtype, loop.factors(), geometry.lastEntry() + 1);
                        own.copy(factors, 0);
                        if (planes.sumsWindows()) {
                            planes.applyToPlane(geometry.window(nngp, ntk), STEP, own, factors, 0);
                        }
                        planes.applyToPlane(geometry.inPlace(nngp, ntk), STEP, own, factors, 0);
                        planes.applyToPlane(geometry.inPlace(nngp, null), STEP, own, factors, 0);
                    };
            assertSame(dtype, geometry, 0.1, pass);
        }
    }
}
