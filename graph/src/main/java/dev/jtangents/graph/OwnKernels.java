package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The kernels of examples with themselves at equal positions after each nonlinearity, as they come
 * out in f64. They go where K(x, x) pairs an example with itself, since the rounding of a
 * correlation shows most at 1.
 *
 * <p>Position by position, {@link #CHUNK} examples side by side, which is how they come.
 */
final class OwnKernels {
    private static final int CHUNK = StripLayout.laneStride(1);

    private final DType dtype;
    private final boolean withNtk;
    private final int[] positions;
    private final @Nullable MemorySegment[] nngp;
    private final @Nullable MemorySegment[] ntk;

    /** Room for the kernels of examples, in memory of the arena. */
    OwnKernels(
            Arena arena, CovarianceProgram program, DType dtype, long examples, boolean withNtk) {
        this.dtype = dtype;
        this.withNtk = withNtk;
        positions = program.nodes().stream().mapToInt(node -> node.extents().positions()).toArray();
        int nodes = positions.length;
        nngp = new @Nullable MemorySegment[nodes];
        ntk = new @Nullable MemorySegment[nodes];
        for (int node = 0; node < nodes; node++) {
            if (program.node(node).op() instanceof Nonlinearity) {
                long chunks = Math.ceilDiv(examples, (long) CHUNK);
                Shape shape = Shape.of(chunks, positions[node], CHUNK);
                nngp[node] = Tensor.allocate(arena, dtype, shape).segment();
                ntk[node] = withNtk ? Tensor.allocate(arena, dtype, shape).segment() : null;
            }
        }
    }

    /** Bytes of one example. */
    static long bytesPerExample(CovarianceProgram program, DType dtype, boolean withNtk) {
        long positions =
                program.nodes().stream()
                        .filter(node -> node.op() instanceof Nonlinearity)
                        .mapToLong(node -> node.extents().positions())
                        .sum();
        return positions * dtype.bytes() * (withNtk ? 2 : 1);
    }

    private long index(int node, int position, long example) {
        return (example / CHUNK * positions[node] + position) * CHUNK + example % CHUNK;
    }

    private static MemorySegment at(int node, @Nullable MemorySegment[] kernels) {
        MemorySegment kernel = kernels[node];
        if (kernel == null) {
            throw new IllegalStateException("Node " + node + " is no nonlinearity");
        }
        return kernel;
    }

    /** Sets the kernels of neighbouring examples at a position. */
    void set(
            int node,
            int position,
            long start,
            double[] nngpValues,
            double[] ntkValues,
            int count) {
        write(at(node, nngp), node, position, start, nngpValues, count);
        if (withNtk) {
            write(at(node, ntk), node, position, start, ntkValues, count);
        }
    }

    private void write(
            MemorySegment target, int node, int position, long start, double[] values, int count) {
        for (int done = 0; done < count; ) {
            int inChunk = (int) Math.min(count - done, CHUNK - (start + done) % CHUNK);
            dtype.write(target, index(node, position, start + done), values, done, inChunk);
            done += inChunk;
        }
    }

    /** Puts the kernels of an example into the cells of a strip, the first at an element of it. */
    void copy(int node, long example, StripMemory strip, long offset) {
        spread(at(node, nngp), node, example, strip, strip.nngp(), offset);
        MemorySegment target = strip.ntk();
        if (target != null) {
            spread(at(node, ntk), node, example, strip, target, offset);
        }
    }

    private void spread(
            MemorySegment source,
            int node,
            long example,
            StripMemory strip,
            MemorySegment target,
            long offset) {
        long first = index(node, 0, example);
        int lanes = strip.layout().lanes();
        for (int p = 0; p < positions[node]; p++) {
            double value = dtype.read(source, first + (long) p * CHUNK);
            dtype.write(target, offset + (long) p * lanes, value);
        }
    }
}
