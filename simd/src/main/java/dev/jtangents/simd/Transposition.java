package dev.jtangents.simd;

import java.lang.foreign.MemorySegment;

/**
 * Turns around small squares of a matrix. Offsets and strides are in elements. Belongs to one
 * thread.
 */
interface Transposition {
    /** The side of the squares. */
    int side();

    /** target(j, i) = source(i, j) for a square. */
    void square(
            MemorySegment source,
            long from,
            long sourceStride,
            MemorySegment target,
            long to,
            long targetStride);

    /** Refuses a square that leaves its segment. */
    static void check(MemorySegment segment, long offset, int side, long stride, int bytes) {
        long end = Math.multiplyExact(offset + (side - 1) * stride + side, (long) bytes);
        if (offset < 0 || stride < 0 || end > segment.byteSize()) {
            throw new IndexOutOfBoundsException(
                    "Square of side " + side + " from " + offset + " leaves its segment.");
        }
    }
}
