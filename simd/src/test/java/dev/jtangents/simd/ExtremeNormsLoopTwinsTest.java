package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;

/**
 * ReLU of examples whose norms are 0, nearly as small or as large as the dtype holds, or ordinary,
 * at any correlation. The build runs this class once per vector width.
 */
class ExtremeNormsLoopTwinsTest {
    private static final AbReluMap MAP = new AbReluMap(0, 1);
    private static final AffineStep STEP = new AffineStep(1, 0, 1, 0, 0);
    private static final double[] CORRELATIONS = {-1, -0.5, 0, 0.5, 1};
    private static final int LENGTH = Run.PADDING;

    private static double correlation(int lane) {
        return CORRELATIONS[lane % CORRELATIONS.length];
    }

    private static Tensor covariances(Arena arena, DType dtype, double variance) {
        Tensor tensor = Tensor.allocate(arena, dtype, Shape.of(LENGTH));
        for (int lane = 0; lane < LENGTH; lane++) {
            tensor.set(correlation(lane) * variance, lane);
        }
        return tensor;
    }

    private static Tensor ones(Arena arena, DType dtype) {
        Tensor tensor = Tensor.allocate(arena, dtype, Shape.of(LENGTH));
        for (int lane = 0; lane < LENGTH; lane++) {
            tensor.set(1, lane);
        }
        return tensor;
    }

    private static void check(DType dtype, double variance, Tensor nngp, Tensor ntk) {
        double rounding = dtype == DType.F32 ? 1e-6 : 1e-14;
        // What is nearly collinear is off by the root of a rounding.
        double angle = dtype == DType.F32 ? 3e-4 : 1e-8;
        for (int lane = 0; lane < LENGTH; lane++) {
            double q = correlation(lane) * variance;
            double expected = MAP.nngp(q, variance, variance);
            assertEquals(expected, nngp.get(lane), rounding * variance, "nngp in lane " + lane);
            double slope = MAP.derivative(q, variance, variance);
            assertEquals(slope, ntk.get(lane), angle, "ntk in lane " + lane);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "F32, 0",
        "F32, 1e-34",
        "F32, 1",
        "F32, 3e38",
        "F64, 0",
        "F64, 1e-300",
        "F64, 1",
        "F64, 1.7e308"
    })
    void rowsAndPlanes(DType dtype, double variance) {
        try (Arena arena = Arena.ofConfined()) {
            MapLoop loop = Loops.get(dtype).map(MAP);
            var factors = new FactorTable(arena, dtype, loop.factors(), LENGTH, LENGTH);
            double[] made = new double[loop.factors()];
            loop.prepare(variance, made);
            for (int entry = 0; entry < LENGTH; entry++) {
                factors.set(entry, made);
            }
            Tensor nngp = covariances(arena, dtype, variance);
            Tensor ntk = ones(arena, dtype);
            Run row = new Run(nngp.segment(), ntk.segment()).at(0, LENGTH);
            loop.apply(row, STEP, factors, 0, factors, 0);
            check(dtype, variance, nngp, ntk);
            Tensor alone = covariances(arena, dtype, variance);
            loop.apply(new Run(alone.segment(), null).at(0, LENGTH), STEP, factors, 0, factors, 0);
            check(dtype, variance, alone, ntk);
            if (loop instanceof PlaneMapLoop planes) {
                Tensor cells = covariances(arena, dtype, variance);
                Tensor tangents = ones(arena, dtype);
                PlaneRun plane =
                        new PlaneRun(cells.segment(), tangents.segment())
                                .inPlace()
                                .to(0, LENGTH, LENGTH, 1, new int[] {0});
                planes.applyToPlane(plane, STEP, factors, 0, factors, 0);
                check(dtype, variance, cells, tangents);
            }
        }
    }
}
