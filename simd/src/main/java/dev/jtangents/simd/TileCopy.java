package dev.jtangents.simd;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.jtangents.tensor.DType;

import java.lang.foreign.MemorySegment;

/** Copies of a tile, whose first element is at offset 0. Offsets and strides are in elements. */
public final class TileCopy {
    /** The side of the squares that are transposed on the heap, in the first-level cache. */
    private static final int SQUARE = 32;

    private TileCopy() {}

    /** target(i, j) = source(i, j). */
    public static void rows(
            DType dtype,
            int rows,
            int columns,
            MemorySegment source,
            long sourceStride,
            MemorySegment target,
            long targetOffset,
            long targetStride) {
        int bytes = dtype.bytes();
        for (int i = 0; i < rows; i++) {
            MemorySegment.copy(
                    source,
                    i * sourceStride * bytes,
                    target,
                    (targetOffset + i * targetStride) * bytes,
                    (long) columns * bytes);
        }
    }

    /**
     * target(j, i) = source(i, j).
     *
     * <p>Squares are turned around on the heap first: rows of a large matrix lie on the same few
     * cache sets, so that writing a column of it element by element misses the cache each time.
     */
    public static void transposed(
            DType dtype,
            int rows,
            int columns,
            MemorySegment source,
            long sourceStride,
            MemorySegment target,
            long targetOffset,
            long targetStride) {
        float[] floats = new float[dtype == DType.F32 ? SQUARE * SQUARE : 0];
        double[] doubles = new double[dtype == DType.F64 ? SQUARE * SQUARE : 0];
        for (int column = 0; column < columns; column += SQUARE) {
            int width = Math.min(SQUARE, columns - column);
            for (int row = 0; row < rows; row += SQUARE) {
                int height = Math.min(SQUARE, rows - row);
                long from = row * sourceStride + column;
                long to = targetOffset + column * targetStride + row;
                if (dtype == DType.F32) {
                    turn(floats, height, width, source, from, sourceStride);
                    for (int j = 0; j < width; j++) {
                        long at = (to + j * targetStride) * Float.BYTES;
                        MemorySegment.copy(
                                floats, j * SQUARE, target, JAVA_FLOAT_UNALIGNED, at, height);
                    }
                } else {
                    turn(doubles, height, width, source, from, sourceStride);
                    for (int j = 0; j < width; j++) {
                        long at = (to + j * targetStride) * Double.BYTES;
                        MemorySegment.copy(
                                doubles, j * SQUARE, target, JAVA_DOUBLE_UNALIGNED, at, height);
                    }
                }
            }
        }
    }

    /**
     * Sets what is below the diagonal of a square tile to what is above: tile(j, i) = tile(i, j).
     */
    public static void mirror(DType dtype, int side, MemorySegment tile, long stride) {
        for (int i = 0; i < side; i++) {
            for (int j = i + 1; j < side; j++) {
                long above = i * stride + j;
                long below = j * stride + i;
                if (dtype == DType.F32) {
                    tile.setAtIndex(JAVA_FLOAT, below, tile.getAtIndex(JAVA_FLOAT, above));
                } else {
                    tile.setAtIndex(JAVA_DOUBLE, below, tile.getAtIndex(JAVA_DOUBLE, above));
                }
            }
        }
    }

    private static void turn(
            float[] square, int rows, int columns, MemorySegment source, long from, long stride) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                square[j * SQUARE + i] = source.getAtIndex(JAVA_FLOAT, from + i * stride + j);
            }
        }
    }

    private static void turn(
            double[] square, int rows, int columns, MemorySegment source, long from, long stride) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                square[j * SQUARE + i] = source.getAtIndex(JAVA_DOUBLE, from + i * stride + j);
            }
        }
    }
}
