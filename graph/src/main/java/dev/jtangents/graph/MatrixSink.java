package dev.jtangents.graph;

import dev.jtangents.simd.TileCopy;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Writes tiles into matrices; of a symmetric kernel also their mirror images. Below the diagonal of
 * a block on the diagonal stands the mirror image of what is above, so that the result is symmetric
 * to the last bit.
 */
record MatrixSink(@Nullable Tensor nngp, @Nullable Tensor ntk, boolean symmetric)
        implements TileSink {
    @Override
    public void accept(
            Tile tile, MemorySegment nngpTile, @Nullable MemorySegment ntkTile, long stride) {
        if (nngp != null) {
            write(tile, nngpTile, stride, nngp);
        }
        if (ntk != null && ntkTile != null) {
            write(tile, ntkTile, stride, ntk);
        }
    }

    private void write(Tile tile, MemorySegment source, long stride, Tensor target) {
        long width = target.shape().extent(1);
        MemorySegment memory = target.segment();
        var dtype = target.dtype();
        TileCopy.rows(
                dtype,
                tile.rows(),
                tile.columns(),
                source,
                0,
                stride,
                memory,
                tile.row() * width + tile.column(),
                width);
        if (!symmetric) {
            return;
        }
        if (tile.row() != tile.column()) {
            TileCopy.transposed(
                    dtype,
                    tile.rows(),
                    tile.columns(),
                    source,
                    0,
                    stride,
                    memory,
                    tile.column() * width + tile.row(),
                    width);
        } else {
            for (int i = 0; i < tile.rows(); i++) {
                TileCopy.transposed(
                        dtype,
                        1,
                        tile.columns() - i,
                        source,
                        i * stride + i,
                        stride,
                        memory,
                        (tile.row() + i) * width + tile.column() + i,
                        width);
            }
        }
    }
}
