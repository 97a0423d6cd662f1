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
        var dtype = target.dtype();
        if (symmetric && tile.row() == tile.column()) {
            TileCopy.mirror(dtype, tile.rows(), source, stride);
        }
        TileCopy.rows(
                dtype,
                tile.rows(),
                tile.columns(),
                source,
                stride,
                target.segment(),
                tile.row() * width + tile.column(),
                width);
        if (symmetric && tile.row() != tile.column()) {
            TileCopy.transposed(
                    dtype,
                    tile.rows(),
                    tile.columns(),
                    source,
                    stride,
                    target.segment(),
                    tile.column() * width + tile.row(),
                    width);
        }
    }
}
