package dev.jtangents.simd;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Copies of a tile, whose first element is at offset 0. Offsets and strides are in elements. */
public final class TileCopy {
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
     * <p>A few columns at a time are turned around in the first-level cache, so that a row of the
     * target is written in one piece: rows of a large matrix lie on the same few cache sets, and
     * writing a column of it element by element misses the cache each time.
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
        try (Arena arena = Arena.ofConfined()) {
            Transposition squares = Loops.get(dtype).transposition(arena);
            var edges = new ScalarTransposition(dtype);
            int side = squares.side();
            // Not a power of two, for the same reason.
            long stride = rows + Run.PADDING;
            MemorySegment strip = Tensor.allocate(arena, dtype, Shape.of(side, stride)).segment();
            for (int column = 0; column < columns; column += side) {
                int width = Math.min(side, columns - column);
                for (int row = 0; row < rows; row += side) {
                    int height = Math.min(side, rows - row);
                    long from = row * sourceStride + column;
                    if (height == side && width == side) {
                        squares.square(source, from, sourceStride, strip, row, stride);
                    } else {
                        edges.rectangle(
                                height, width, source, from, sourceStride, strip, row, stride);
                    }
                }
                long to = targetOffset + column * targetStride;
                rows(dtype, width, rows, strip, stride, target, to, targetStride);
            }
        }
    }

    /**
     * Sets what is below the diagonal of a square tile to what is above: tile(j, i) = tile(i, j).
     */
    public static void mirror(DType dtype, int side, MemorySegment tile, long stride) {
        try (Arena arena = Arena.ofConfined()) {
            Transposition squares = Loops.get(dtype).transposition(arena);
            var edges = new ScalarTransposition(dtype);
            int step = squares.side();
            for (int row = 0; row < side; row += step) {
                int height = Math.min(step, side - row);
                for (int i = row; i < row + height; i++) {
                    int right = row + height - i;
                    long diagonal = i * stride + i;
                    edges.rectangle(1, right, tile, diagonal, stride, tile, diagonal, stride);
                }
                for (int column = row + step; column < side; column += step) {
                    int width = Math.min(step, side - column);
                    long above = row * stride + column;
                    long below = column * stride + row;
                    if (width == step) {
                        squares.square(tile, above, stride, tile, below, stride);
                    } else {
                        edges.rectangle(height, width, tile, above, stride, tile, below, stride);
                    }
                }
            }
        }
    }
}
