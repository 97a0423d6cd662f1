package dev.jtangents.simd;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * A run of neighbouring entries, or several such cells, which the loops transform in place: the
 * NNGP and, unless it is not asked for, the NTK at the same positions. Mutable, so that one object
 * of a worker walks over all rows.
 *
 * <p>Loops work in whole vectors. They may overwrite up to {@link #PADDING} - 1 elements after the
 * run, which have to be inside the buffers and whose values mean nothing.
 */
public final class Run {
    /** The lanes of the widest vector, in elements of the smallest type. */
    public static final int PADDING = 16;

    private static final int[] FIRST = {0};

    final MemorySegment nngp;
    final @Nullable MemorySegment ntk;
    long offset;
    int length;
    long stride;
    int[] entries = FIRST;
    int cells = 1;

    /**
     * Runs over these two buffers of one dtype.
     *
     * @param nngp covariances
     * @param ntk tangent kernels, or null when they are not computed
     */
    public Run(MemorySegment nngp, @Nullable MemorySegment ntk) {
        this.nngp = nngp;
        this.ntk = ntk;
    }

    /** Moves to {@code length} elements from element {@code offset} of both buffers. */
    public Run at(long offset, int length) {
        return at(offset, length, FIRST, 1, 0);
    }

    /**
     * Moves to several cells of {@code length} elements, the first at element {@code offset} of
     * both buffers, {@code stride} elements apart.
     *
     * @param entries which entry of a factor table belongs to each cell, in ascending order; read
     *     until the run moves on
     * @param cells how many cells there are, at least 1
     */
    public Run at(long offset, int length, int[] entries, int cells, long stride) {
        this.offset = offset;
        this.length = length;
        this.entries = entries;
        this.cells = cells;
        this.stride = stride;
        return this;
    }

    /** The first element of a cell. */
    long start(int cell) {
        return offset + cell * stride;
    }

    /** Refuses a run that leaves its buffers, counted in whole vectors of so many lanes. */
    void check(int bytes, int lanes) {
        long last = start(cells - 1);
        checkWhole(nngp, Math.min(offset, last), length, bytes, lanes);
        checkWhole(nngp, last, length, bytes, lanes);
        if (ntk != null) {
            checkWhole(ntk, Math.min(offset, last), length, bytes, lanes);
            checkWhole(ntk, last, length, bytes, lanes);
        }
    }

    /** Refuses a run that leaves a segment, counted in whole vectors of so many lanes. */
    static void checkWhole(MemorySegment segment, long offset, int length, int bytes, int lanes) {
        long whole = Math.ceilDiv(length, lanes) * (long) lanes;
        if (offset < 0 || length < 0 || (offset + whole) * bytes > segment.byteSize()) {
            throw new IndexOutOfBoundsException(
                    "Run of " + length + " elements from " + offset + " leaves its segment.");
        }
    }
}
