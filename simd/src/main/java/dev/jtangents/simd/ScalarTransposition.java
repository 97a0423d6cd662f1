package dev.jtangents.simd;

import dev.jtangents.tensor.DType;

import java.lang.foreign.MemorySegment;

/** Any rectangle, element by element; squares are as large as those of the widest vectors. */
final class ScalarTransposition implements Transposition {
    private final DType dtype;

    ScalarTransposition(DType dtype) {
        this.dtype = dtype;
    }

    @Override
    public int side() {
        return Run.PADDING;
    }

    @Override
    public void square(
            MemorySegment source,
            long from,
            long sourceStride,
            MemorySegment target,
            long to,
            long targetStride) {
        rectangle(side(), side(), source, from, sourceStride, target, to, targetStride);
    }

    void rectangle(
            int rows,
            int columns,
            MemorySegment source,
            long from,
            long sourceStride,
            MemorySegment target,
            long to,
            long targetStride) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double value = dtype.read(source, from + i * sourceStride + j);
                dtype.write(target, to + j * targetStride + i, value);
            }
        }
    }
}
