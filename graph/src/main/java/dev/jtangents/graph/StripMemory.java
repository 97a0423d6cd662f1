package dev.jtangents.graph;

import dev.jtangents.simd.LaneLoops;
import dev.jtangents.simd.Loops;
import dev.jtangents.simd.PlaneRun;
import dev.jtangents.simd.Run;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A worker's memory for one strip: the NNGP and, unless it is not asked for, the NTK alike. */
final class StripMemory {
    private final DType dtype;
    private final StripLayout layout;
    private final MemorySegment nngp;
    private final @Nullable MemorySegment ntk;
    private final Loops loops;
    private final LaneLoops lanes;
    private final Run run;
    private final PlaneRun planeRun;
    private int[] positions = {};
    private long firstSlot;

    /** Memory for a strip, which the arena frees. */
    StripMemory(Arena arena, DType dtype, StripLayout layout, boolean withNtk) {
        this(arena, dtype, layout, withNtk, 0);
    }

    /** Memory for a strip, and for as many elements after it as a block of results has. */
    StripMemory(Arena arena, DType dtype, StripLayout layout, boolean withNtk, long block) {
        this.dtype = dtype;
        this.layout = layout;
        Shape shape = Shape.of(layout.size() + block + Run.PADDING);
        nngp = Tensor.allocate(arena, dtype, shape).segment();
        ntk = withNtk ? Tensor.allocate(arena, dtype, shape).segment() : null;
        loops = Loops.get(dtype);
        lanes = loops.lanes();
        run = new Run(nngp, ntk);
        planeRun = new PlaneRun(nngp, ntk);
    }

    DType dtype() {
        return dtype;
    }

    StripLayout layout() {
        return layout;
    }

    MemorySegment nngp() {
        return nngp;
    }

    @Nullable MemorySegment ntk() {
        return ntk;
    }

    Loops loops() {
        return loops;
    }

    LaneLoops lanes() {
        return lanes;
    }

    /** Where a slot starts. */
    long slot(int slot) {
        return slot == 0 ? firstSlot : layout.slot(slot);
    }

    /** Puts the first slot somewhere else. */
    void moveFirstSlot(long offset) {
        firstSlot = offset;
    }

    /** A run of both kernels. */
    Run run(long offset, int length) {
        return run.at(offset, length);
    }

    /** A plane of both kernels. */
    PlaneRun planeRun() {
        return planeRun;
    }

    /** What a window sees of a plane, of both kernels. */
    PlaneRun windowRun(long source, int[] rows, int first, int sourceLength) {
        return planeRun.from(source, rows, first, sourceLength, layout.zeros());
    }

    /** All cells of a plane, of both kernels. */
    Run cells(long offset, int length, Planes.Box box) {
        if (positions.length < box.cells()) {
            positions = new int[box.cells()];
        }
        box.positions(positions);
        return run.at(offset, length, positions, box.cells(), layout.lanes());
    }

    void copy(long from, long to, long length) {
        if (from != to) {
            int bytes = dtype.bytes();
            MemorySegment.copy(nngp, from * bytes, nngp, to * bytes, length * bytes);
            if (ntk != null) {
                MemorySegment.copy(ntk, from * bytes, ntk, to * bytes, length * bytes);
            }
        }
    }

    void clear(long offset, long length) {
        int bytes = dtype.bytes();
        nngp.asSlice(offset * bytes, length * bytes).fill((byte) 0);
        if (ntk != null) {
            ntk.asSlice(offset * bytes, length * bytes).fill((byte) 0);
        }
    }

    void clearNtk(long offset, long length) {
        if (ntk != null) {
            int bytes = dtype.bytes();
            ntk.asSlice(offset * bytes, length * bytes).fill((byte) 0);
        }
    }

    /** {@code target += weight source}. */
    void addScaled(long target, double weight, long source, int length) {
        lanes.addScaled(nngp, target, weight, nngp, source, length);
        if (ntk != null) {
            lanes.addScaled(ntk, target, weight, ntk, source, length);
        }
    }

    /** A window over three rows, for many rows of a plane: {@link LaneLoops#windowSum}. */
    void windowSum(
            long target,
            long stride,
            long source,
            long[] rows,
            int rowCount,
            int taps,
            int length) {
        long zeros = layout.zeros();
        int step = layout.lanes();
        lanes.windowSum(
                nngp, target, stride, nngp, source, rows, rowCount, zeros, step, taps, length);
        if (ntk != null) {
            lanes.windowSum(
                    ntk, target, stride, ntk, source, rows, rowCount, zeros, step, taps, length);
        }
    }

    /** The sum of up to three runs, in one pass. */
    void sum(long target, long[] sources, int length) {
        long[] rows = {-1, -1, -1};
        System.arraycopy(sources, 0, rows, 0, sources.length);
        windowSum(target, 0, 0, rows, 1, 1, length);
    }

    /** Adds cells, weighted, to others: {@link LaneLoops#scatter}. */
    void scatter(long target, int cells, int[] to, double[] weights, long source, int count) {
        lanes.scatter(nngp, ntk, target, cells, to, weights, source, count, layout.lanes());
    }

    /** Adds the sum of a plane's cells, weighted, to a cell: {@link LaneLoops#addSum}. */
    void addSum(long target, double weight, long source, int cells) {
        int length = layout.lanes();
        lanes.addSum(nngp, target, weight, source, cells, length);
        if (ntk != null) {
            lanes.addSum(ntk, target, weight, source, cells, length);
        }
    }

    /** {@code target += source}. */
    void add(long target, long source, int length) {
        lanes.add(nngp, target, nngp, source, length);
        if (ntk != null) {
            lanes.add(ntk, target, ntk, source, length);
        }
    }

    /** {@code target *= factor factors}. */
    void scale(long target, double factor, MemorySegment factors, long offset, int length) {
        lanes.scale(nngp, target, factor, factors, offset, length);
        if (ntk != null) {
            lanes.scale(ntk, target, factor, factors, offset, length);
        }
    }

    /** {@code target += weight source factors}. */
    void addProducts(
            long target, double weight, long source, MemorySegment factors, long at, int length) {
        lanes.addProducts(nngp, target, weight, nngp, source, factors, at, length);
        if (ntk != null) {
            lanes.addProducts(ntk, target, weight, ntk, source, factors, at, length);
        }
    }

    /** {@code target *= source}, the NTK by the product rule. */
    void multiply(long target, long source, int length) {
        if (ntk != null) {
            lanes.scale(ntk, target, 1, nngp, source, length);
            lanes.addProducts(ntk, target, 1, nngp, target, ntk, source, length);
        }
        lanes.scale(nngp, target, 1, nngp, source, length);
    }

    double nngp(long offset) {
        return read(nngp, offset);
    }

    double ntk(long offset) {
        return ntk == null ? 0 : read(ntk, offset);
    }

    /** Sets an entry of both kernels. */
    void set(long offset, double nngpValue, double ntkValue) {
        write(nngp, offset, nngpValue);
        if (ntk != null) {
            write(ntk, offset, ntkValue);
        }
    }

    /** Reads neighbouring entries of both kernels. */
    void read(long offset, double[] nngpValues, double[] ntkValues, int count) {
        dtype.read(nngp, offset, nngpValues, 0, count);
        if (ntk == null) {
            Arrays.fill(ntkValues, 0, count, 0);
        } else {
            dtype.read(ntk, offset, ntkValues, 0, count);
        }
    }

    /** Sets neighbouring entries of both kernels. */
    void write(long offset, double[] nngpValues, double[] ntkValues, int count) {
        dtype.write(nngp, offset, nngpValues, 0, count);
        if (ntk != null) {
            dtype.write(ntk, offset, ntkValues, 0, count);
        }
    }

    private double read(MemorySegment segment, long offset) {
        return dtype.read(segment, offset);
    }

    private void write(MemorySegment segment, long offset, double value) {
        dtype.write(segment, offset, value);
    }
}
