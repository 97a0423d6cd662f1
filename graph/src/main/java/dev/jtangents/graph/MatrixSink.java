package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceExecutor.Targets;
import dev.jtangents.simd.Run;
import dev.jtangents.simd.TileCopy;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Writes kernels of one position into matrices, a tile at a time; of a symmetric kernel also its
 * mirror image, so that the result is symmetric to the last bit. Belongs to one worker.
 */
final class MatrixSink implements TileSink {
    private final Targets targets;
    private final boolean symmetric;
    private final DType dtype;
    private final long stride;
    private final @Nullable MemorySegment nngp;
    private final @Nullable MemorySegment ntk;

    MatrixSink(Arena arena, KernelPlan plan, Targets targets) {
        this.targets = targets;
        symmetric = plan.symmetric();
        dtype = plan.request().dtype();
        TileGrid grid = plan.grid();
        stride = Math.min(grid.blockColumns(), grid.columns()) + Run.PADDING;
        Shape shape = Shape.of(Math.min(grid.blockRows(), grid.rows()), stride);
        nngp = targets.nngp() == null ? null : Tensor.allocate(arena, dtype, shape).segment();
        ntk = targets.ntk() == null ? null : Tensor.allocate(arena, dtype, shape).segment();
    }

    @Override
    public void plane(
            Tile tile,
            long row,
            long column,
            int width,
            int plane,
            StripMemory memory,
            long offset) {
        long to = (row - tile.row()) * stride + column - tile.column();
        copy(memory.nngp(), offset, nngp, to, width);
        copy(memory.ntk(), offset, ntk, to, width);
    }

    private void copy(
            @Nullable MemorySegment source,
            long from,
            @Nullable MemorySegment target,
            long to,
            long width) {
        if (source != null && target != null) {
            int bytes = dtype.bytes();
            MemorySegment.copy(source, from * bytes, target, to * bytes, width * bytes);
        }
    }

    @Override
    public void finish(Tile tile) {
        write(tile, nngp, targets.nngp());
        write(tile, ntk, targets.ntk());
    }

    private void write(Tile tile, @Nullable MemorySegment source, @Nullable Tensor target) {
        if (source == null || target == null) {
            return;
        }
        boolean crossesDiagonal = symmetric && tile.column() < tile.row() + tile.rows();
        boolean onDiagonal = tile.row() == tile.column() && tile.rows() == tile.columns();
        if (crossesDiagonal && !onDiagonal) {
            writeEntries(tile, source, target);
            return;
        }
        long width = target.shape().extent(1);
        if (crossesDiagonal) {
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
        if (symmetric && !crossesDiagonal) {
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

    /** Entries on and above the diagonal, each twice. */
    private void writeEntries(Tile tile, MemorySegment source, Tensor target) {
        long width = target.shape().extent(1);
        for (long i = tile.row(); i < tile.row() + tile.rows(); i++) {
            for (long j = Math.max(i, tile.column()); j < tile.column() + tile.columns(); j++) {
                double value = dtype.read(source, (i - tile.row()) * stride + j - tile.column());
                dtype.write(target.segment(), i * width + j, value);
                dtype.write(target.segment(), j * width + i, value);
            }
        }
    }
}
