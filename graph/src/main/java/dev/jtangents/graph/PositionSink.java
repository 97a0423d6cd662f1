package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceExecutor.Targets;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Writes kernels of many positions: (N1, N2, H, H, W, W, ...), each spatial axis twice, or once
 * where only equal positions are paired; and kernels whose strips are rounds. Stateless.
 */
final class PositionSink implements TileSink {
    private final Targets targets;
    private final boolean symmetric;
    private final DType dtype;
    private final long columns;
    private final Planes planes;
    private final PairLayout pairs;

    PositionSink(KernelPlan plan, Targets targets) {
        this.targets = targets;
        symmetric = plan.symmetric();
        dtype = plan.request().dtype();
        columns = plan.columns();
        planes = plan.pairs().planes(plan.program().nodes().size() - 1);
        pairs = new PairLayout(planes.extents(), plan.request().diagonalSpatial());
    }

    @Override
    public void plane(Tile tile, Strip strip, int plane, StripMemory memory, long offset) {
        write(strip, plane, memory, memory.nngp(), offset, targets.nngp());
        write(strip, plane, memory, memory.ntk(), offset, targets.ntk());
    }

    private void write(
            Strip strip,
            int plane,
            StripMemory memory,
            @Nullable MemorySegment source,
            long offset,
            @Nullable Tensor target) {
        if (source == null || target == null) {
            return;
        }
        MemorySegment out = target.segment();
        long size = pairs.size();
        Planes.Box box = planes.box(plane);
        long cell = offset;
        for (int first : box.rows()) {
            for (int p = first; p < first + box.rowLength(); p++) {
                int q = p + box.shift();
                long pair = pairs.index(p, q);
                long mirrored = pairs.index(q, p);
                for (int lane = 0; lane < strip.pairs(); lane++) {
                    long row = strip.row(lane);
                    long other = strip.column() + lane;
                    double value = dtype.read(source, cell + lane);
                    if (!symmetric) {
                        dtype.write(out, (row * columns + other) * size + pair, value);
                    } else if (isWanted(strip, row, other, plane)) {
                        dtype.write(out, (row * columns + other) * size + pair, value);
                        dtype.write(out, (other * columns + row) * size + mirrored, value);
                    }
                }
                cell += memory.layout().lanes();
            }
        }
    }

    /** Whether a pair is not the mirror image of another. */
    private boolean isWanted(Strip strip, long row, long other, int plane) {
        return row == other ? plane >= planes.zero() : strip.isRound() || other > row;
    }

    @Override
    public void finish(Tile tile) {}
}
