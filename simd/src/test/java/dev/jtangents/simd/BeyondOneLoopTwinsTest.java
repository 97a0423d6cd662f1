package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;

/**
 * Correlations that rounding takes beyond 1 count as 1 in f32; what f64 does {@link AbReluLoop}
 * tells. The build runs this class once per vector width.
 */
class BeyondOneLoopTwinsTest {
    private static final DType DTYPE = DType.F32;
    private static final int LENGTH = Run.PADDING;
    private static final float BEYOND = 1 + 0x1p-20f;
    private static final AffineStep STEP = new AffineStep(1, 0, 1, 1, 0);

    private static Tensor filled(Arena arena, double value) {
        Tensor tensor = Tensor.allocate(arena, DTYPE, Shape.of(2 * LENGTH));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(value, i);
        }
        return tensor;
    }

    /** An entry of 1 and a tangent of 2, since both E[φφ] and E[φ'φ'] are 1/2. */
    private static void assertOfOne(Tensor nngp, Tensor ntk) {
        for (int lane = 0; lane < LENGTH; lane++) {
            assertEquals(0.5, nngp.get(lane), 1e-6);
            assertEquals(1, ntk.get(lane), 2e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rowsAndPlanes(boolean acute) {
        try (Arena arena = Arena.ofConfined()) {
            MapLoop loop = Loops.get(DTYPE).map(new AbReluMap(0, 1), acute, false);
            var factors = new FactorTable(arena, DTYPE, loop.factors(), LENGTH, LENGTH);
            double[] ofOne = new double[loop.factors()];
            loop.prepare(1, ofOne);
            for (int entry = 0; entry < LENGTH; entry++) {
                factors.set(entry, ofOne);
            }
            Tensor nngp = filled(arena, BEYOND);
            Tensor ntk = filled(arena, 1);
            Run row = new Run(nngp.segment(), ntk.segment()).at(0, LENGTH);
            loop.apply(row, STEP, factors, 0, factors, 0);
            assertOfOne(nngp, ntk);
            Tensor alone = filled(arena, BEYOND);
            loop.apply(new Run(alone.segment(), null).at(0, LENGTH), STEP, factors, 0, factors, 0);
            assertOfOne(alone, ntk);
            if (loop instanceof PlaneMapLoop planes) {
                Tensor cells = filled(arena, BEYOND);
                Tensor tangents = filled(arena, 1);
                PlaneRun plane =
                        new PlaneRun(cells.segment(), tangents.segment())
                                .inPlace()
                                .to(0, LENGTH, LENGTH, 1, new int[] {0});
                planes.applyToPlane(plane, STEP, factors, 0, factors, 0);
                assertOfOne(cells, tangents);
            }
        }
    }
}
