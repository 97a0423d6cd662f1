package dev.jtangents.simd;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * A run of neighbouring entries of one row of a tile, which the loops transform in place: the NNGP
 * and, unless it is not asked for, the NTK at the same positions. Mutable, so that one object of a
 * worker walks over all rows.
 */
public final class Run {
    final MemorySegment nngp;
    final @Nullable MemorySegment ntk;
    long offset;
    int length;

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
        this.offset = offset;
        this.length = length;
        return this;
    }

    /** Whether both buffers hold the run in elements of this many bytes. */
    void check(int bytes) {
        long end = (offset + length) * bytes;
        if (offset < 0
                || length < 0
                || end > nngp.byteSize()
                || (ntk != null && end > ntk.byteSize())) {
            throw new IndexOutOfBoundsException(
                    "Run of " + length + " elements from " + offset + " leaves its tile.");
        }
    }
}
