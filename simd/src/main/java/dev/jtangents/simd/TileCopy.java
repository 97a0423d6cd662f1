package dev.jtangents.simd;

import dev.jtangents.tensor.DType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies between a tile and a matrix, row by row or transposed. Offsets are in elements. */
public final class TileCopy {
    /** Columns that are transposed together, so that each cache line is read once. */
    private static final int BAND = 16;

    private TileCopy() {}

    /** target(i, j) = source(i, j). */
    public static void rows(
            DType dtype,
            int rows,
            int columns,
            MemorySegment source,
            long sourceOffset,
            long sourceStride,
            MemorySegment target,
            long targetOffset,
            long targetStride) {
        int bytes = dtype.bytes();
        for (int i = 0; i < rows; i++) {
            MemorySegment.copy(
                    source,
                    (sourceOffset + i * sourceStride) * bytes,
                    target,
                    (targetOffset + i * targetStride) * bytes,
                    (long) columns * bytes);
        }
    }

    /** target(j, i) = source(i, j). */
    public static void transposed(
            DType dtype,
            int rows,
            int columns,
            MemorySegment source,
            long sourceOffset,
            long sourceStride,
            MemorySegment target,
            long targetOffset,
            long targetStride) {
        for (int from = 0; from < columns; from += BAND) {
            int to = Math.min(from + BAND, columns);
            for (int i = 0; i < rows; i++) {
                long read = sourceOffset + i * sourceStride;
                long write = targetOffset + i;
                if (dtype == DType.F32) {
                    for (int j = from; j < to; j++) {
                        float value = source.getAtIndex(ValueLayout.JAVA_FLOAT, read + j);
                        target.setAtIndex(
                                ValueLayout.JAVA_FLOAT_UNALIGNED, write + j * targetStride, value);
                    }
                } else {
                    for (int j = from; j < to; j++) {
                        double value = source.getAtIndex(ValueLayout.JAVA_DOUBLE, read + j);
                        target.setAtIndex(
                                ValueLayout.JAVA_DOUBLE_UNALIGNED, write + j * targetStride, value);
                    }
                }
            }
        }
    }
}
