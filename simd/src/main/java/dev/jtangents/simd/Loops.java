package dev.jtangents.simd;

import dev.jtangents.maps.BivariateMap;
import dev.jtangents.tensor.DType;

import java.lang.foreign.Arena;
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
     * The sum of products of two runs, in f64 and in a fixed order; offsets are in elements.
     *
     * @throws IndexOutOfBoundsException when a run leaves its segment
     */
    double innerProduct(MemorySegment left, long from, MemorySegment right, long at, int length);

    /** The inner product of a run with itself. */
    default double squaredNorm(MemorySegment source, long offset, int length) {
        return innerProduct(source, offset, source, offset, length);
    }

    /**
     * Finds the elements of a run whose size is above factor times factors. Reads whole vectors, up
     * to {@link Run#PADDING} - 1 elements after both runs. Offsets are in elements.
     *
     * @param found where their places in the run go, as long as the run
     * @return how many there are
     * @throws IndexOutOfBoundsException when a run leaves its segment
     */
    int above(
            MemorySegment values,
            long offset,
            double factor,
            MemorySegment factors,
            long at,
            int length,
            int[] found);

    /**
     * Adds a factor times a run to another. Offsets are in elements; the runs must not overlap
     * unless they are the same.
     *
     * @throws IndexOutOfBoundsException when a run leaves its segment
     */
    void addScaled(
            MemorySegment target,
            long at,
            MemorySegment source,
            long from,
            double factor,
            long length);

    /**
     * Adds the products of the elements of two runs to a third. Offsets are in elements.
     *
     * @throws IndexOutOfBoundsException when a run leaves its segment
     */
    void addProducts(
            MemorySegment target,
            long at,
            MemorySegment left,
            long leftFrom,
            MemorySegment right,
            long rightFrom,
            long length);

    /** Applies an affine step to a run. */
    void affine(Run run, AffineStep step);

    /** The loops over cells of displacement planes. */
    LaneLoops lanes();

    /** Turns around squares, with scratch memory of the arena. */
    Transposition transposition(Arena arena);

    /** The loop of a map, for any covariances. */
    default MapLoop map(BivariateMap map) {
        return map(map, false, false);
    }

    /**
     * The loop of a map.
     *
     * @param nonNegative whether no covariance is below 0 after the affine step: a loop may then
     *     leave out what obtuse angles need, and its results mean nothing for others
     * @param withNtk whether all runs have an NTK: a loop may then make no factors that only the
     *     NNGP alone takes, and refuse other runs
     */
    MapLoop map(BivariateMap map, boolean nonNegative, boolean withNtk);

    /** The loop of a map for examples paired with themselves. */
    SelfMapLoop selfMap(BivariateMap map);
}
