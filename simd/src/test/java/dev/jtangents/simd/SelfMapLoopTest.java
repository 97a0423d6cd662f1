package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;

/** Examples paired with themselves: each lane by the definition of the map, with its variances. */
class SelfMapLoopTest {
    private static final int ENTRIES = 6;
    private static final int[] CELLS = {0, 1, 3};
    private static final int SHIFT = 2;
    private static final int STRIDE = 3 * Run.PADDING;
    private static final AffineStep STEP = new AffineStep(1.7, 0.3, 0.6, 1.1, 0.2);

    static List<BivariateMap> maps() {
        return List.of(new AbReluMap(0, 1), new AbReluMap(-0.3, 1.2), new ErfMap(1, 0.8, 0.1));
    }

    /** Random variances, and covariances that they allow. */
    private static final class Case implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final double[] variances = new double[ENTRIES * STRIDE];
        private final Tensor nngp = tensor();
        private final Tensor ntk = tensor();
        private final FactorTable table;

        Case(SplittableRandom random, MapLoop loop) {
            table = new FactorTable(arena, DType.F64, loop.factors(), variances.length, STRIDE);
            double[] factors = new double[loop.factors()];
            for (int i = 0; i < variances.length; i++) {
                variances[i] = random.nextDouble(0.5, 4);
                loop.prepare(variances[i], factors);
                table.set(i, factors);
            }
            for (int i = 0; i < CELLS.length * STRIDE; i++) {
                double covariance =
                        random.nextDouble(-0.95, 0.95) * Math.sqrt(first(i) * second(i));
                nngp.set((covariance - STEP.shift()) / STEP.scale(), i);
                ntk.set(random.nextDouble(-3, 3), i);
            }
        }

        /** The variance of the first of the entries that an element of the run pairs. */
        double first(int element) {
            return variances[CELLS[element / STRIDE] * STRIDE + element % STRIDE];
        }

        double second(int element) {
            return variances[(CELLS[element / STRIDE] + SHIFT) * STRIDE + element % STRIDE];
        }

        private Tensor tensor() {
            return Tensor.allocate(arena, DType.F64, Shape.of(ENTRIES * STRIDE + Run.PADDING));
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void everyLaneHasItsOwnVariances(BivariateMap map) {
        var random = new SplittableRandom(map.hashCode());
        SelfMapLoop loop = Loops.get(DType.F64).selfMap(map);
        for (int length = 1; length <= STRIDE; length++) {
            try (var given = new Case(random, loop)) {
                Tensor before = Tensor.of(given.nngp.toArray(), (int) given.nngp.size());
                Tensor beforeNtk = Tensor.of(given.ntk.toArray(), (int) given.ntk.size());
                try (before;
                        beforeNtk) {
                    var run = new Run(given.nngp.segment(), given.ntk.segment());
                    run.at(0, length, CELLS, CELLS.length, STRIDE);
                    loop.applyToSelf(run, STEP, given.table, 0, (long) SHIFT * STRIDE);
                    for (int cell = 0; cell < CELLS.length; cell++) {
                        for (int lane = 0; lane < length; lane++) {
                            int at = cell * STRIDE + lane;
                            double q11 = given.first(at);
                            double q22 = given.second(at);
                            double q12 = STEP.nngp(before.get(at));
                            double theta = STEP.ntk(before.get(at), beforeNtk.get(at));
                            assertEquals(map.nngp(q12, q11, q22), given.nngp.get(at), 1e-13);
                            assertEquals(
                                    theta * map.derivative(q12, q11, q22),
                                    given.ntk.get(at),
                                    1e-12);
                        }
                    }
                }
            }
        }
    }

    @Test
    void entriesOutsideTheTableAreRefused() {
        SelfMapLoop loop = Loops.get(DType.F64).selfMap(new AbReluMap(0, 1));
        try (var given = new Case(new SplittableRandom(1), loop)) {
            var run = new Run(given.nngp.segment(), null).at(0, STRIDE);
            long last = (ENTRIES - 1L) * STRIDE;
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> loop.applyToSelf(run, STEP, given.table, 0, last + 1));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> loop.applyToSelf(run, STEP, given.table, -1, 0));
        }
    }
}
