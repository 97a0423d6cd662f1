package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceExecutor.Targets;
import dev.jtangents.simd.TileCopy;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Writes kernels of one position into matrices, a tile at a time; of a symmetric kernel also its
 * mirror image, so that the result is symmetric to the last bit. Belongs to one worker.
 */
final class MatrixSink implements TileSink {
    private final Targets targets;
    private final boolean symmetric;
    private final DType dtype;
    private final StripMemory memory;
    private final ResultBlock block;

    MatrixSink(KernelPlan plan, Targets targets, StripMemory memory, ResultBlock block) {
        this.targets = targets;
        this.memory = memory;
        this.block = block;
        symmetric = plan.symmetric();
        dtype = plan.request().dtype();
    }

    @Override
    public void plane(Tile tile, Strip strip, int plane, StripMemory from, long offset) {
        long target = block.at(strip.row() - tile.row(), strip.column() - tile.column());
        from.copy(offset, target, strip.width());
    }

    @Override
    public void finish(Tile tile) {
        write(tile, memory.nngp(), targets.nngp());
        write(tile, memory.ntk(), targets.ntk());
    }

    private void write(Tile tile, @Nullable MemorySegment values, @Nullable Tensor target) {
        if (values == null || target == null) {
            return;
        }
        MemorySegment source = values.asSlice(block.start() * dtype.bytes());
        long stride = block.stride();
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
        long stride = block.stride();
        for (long i = tile.row(); i < tile.row() + tile.rows(); i++) {
            for (long j = Math.max(i, tile.column()); j < tile.column() + tile.columns(); j++) {
                double value = dtype.read(source, (i - tile.row()) * stride + j - tile.column());
                dtype.write(target.segment(), i * width + j, value);
                dtype.write(target.segment(), j * width + i, value);
            }
        }
    }
}
