package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;

/** What a loop has done to the cells of a plane, and to nothing else. */
final class PlaneCells {
    private PlaneCells() {}

    static Tensor copy(Arena arena, Tensor tensor) {
        Tensor copy = Tensor.allocate(arena, tensor.dtype(), tensor.shape());
        copy.assign(tensor);
        return copy;
    }

    /** The cells are as expected, and nothing else that is not theirs has changed. */
    static void assertCells(
            PlaneGeometry geometry,
            Tensor before,
            Tensor expected,
            Tensor actual,
            double tolerance) {
        for (int i = 0; i < actual.size(); i++) {
            double allowed = tolerance * Math.max(1, Math.abs(expected.get(i)));
            if (geometry.holds(i)) {
                assertEquals(expected.get(i), actual.get(i), allowed, i + " of " + geometry);
            } else if (!geometry.mayWrite(i)) {
                assertEquals(before.get(i), actual.get(i), i + " outside of " + geometry);
            }
        }
    }

    static void assertSameCells(PlaneGeometry geometry, Tensor expected, Tensor actual) {
        for (int i = 0; i < actual.size(); i++) {
            if (geometry.holds(i)) {
                assertEquals(expected.get(i), actual.get(i), i + " of " + geometry);
            }
        }
    }
}
