package dev.jtangents.simd;

import dev.jtangents.maps.BivariateMap;
import dev.jtangents.tensor.DType;

import java.lang.foreign.MemorySegment;

/**
 * Loops over contiguous runs of one dtype. Each has a vector twin and a scalar twin with the same
 * results up to rounding; within one twin the result of an entry does not depend on where in a run
 * it stands.
 */
public interface Loops {
    /** The loops that this process uses for a dtype. */
    static Loops get(DType dtype) {
        return VectorSupport.CHOSEN.loops(dtype);
    }

    /** One line for people: the vectors that are used, or why none are. */
    static String description() {
        return VectorSupport.CHOSEN.description();
    }

    /**
     * The sum of squares of a run, in f64 and in a fixed order; the offset is in elements.
     *
     * @throws IndexOutOfBoundsException when the run leaves its segment
     */
    double squaredNorm(MemorySegment source, long offset, int length);

    /** Applies an affine step to a run. */
    void affine(Run run, AffineStep step);

    /** The loops over cells of displacement planes. */
    LaneLoops lanes();

    /** The loop of a map. */
    MapLoop map(BivariateMap map);
}
