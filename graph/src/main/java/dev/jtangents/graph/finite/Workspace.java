package dev.jtangents.graph.finite;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of one run, of one thread and one dtype: what is released is used again. Closing it
 * frees everything that it gave out.
 */
public final class Workspace implements AutoCloseable {
    private static final long SMALLEST_SLAB = 256L << 10;
    private static final long LARGEST_SLAB = 32L << 20;

    private final Arena arena = Arena.ofConfined();
    private final DType dtype;
    private final Map<Long, Deque<Tensor>> released = new HashMap<>();
    private final List<Tensor> matrices = new ArrayList<>();
    private MemorySegment slab = MemorySegment.NULL;
    private long slabBytes = SMALLEST_SLAB;

    /** An empty workspace of the calling thread. */
    public Workspace(DType dtype) {
        this.dtype = dtype;
    }

    /** The type of everything in it. */
    public DType dtype() {
        return dtype;
    }

    /** A matrix of zeros that lives until it is released or the workspace is closed. */
    public Tensor zeros(long rows, long width) {
        Tensor matrix = matrix(rows, width);
        matrix.segment().fill((byte) 0);
        return matrix;
    }

    /** The same with anything in it. */
    Tensor matrix(long rows, long width) {
        Shape shape = Shape.of(rows, width);
        Deque<Tensor> candidates = released.get(shape.size());
        Tensor again = candidates == null ? null : candidates.poll();
        return again == null ? cut(shape) : again.reshape(rows, width);
    }

    /** A matrix of the memory that has been allocated and not given out yet, which is zero. */
    private Tensor cut(Shape shape) {
        long bytes =
                Math.ceilDiv(shape.size() * dtype.bytes(), Tensor.ALIGNMENT) * Tensor.ALIGNMENT;
        if (bytes > slab.byteSize()) {
            long elements = Math.max(bytes, slabBytes) / dtype.bytes();
            slab = Tensor.allocate(arena, dtype, Shape.of(elements)).segment();
            slabBytes = Math.min(LARGEST_SLAB, 2 * slabBytes);
        }
        Tensor matrix = Tensor.wrap(slab.asSlice(0, bytes), dtype, shape);
        slab = slab.asSlice(bytes);
        matrices.add(matrix);
        return matrix;
    }

    /** Takes back a matrix that it gave out and that nobody uses any more. */
    void release(Tensor matrix) {
        released.computeIfAbsent(matrix.size(), size -> new ArrayDeque<>()).add(matrix);
    }

    /** Takes back every matrix that it ever gave out. */
    void reset() {
        released.clear();
        matrices.forEach(this::release);
    }

    @Override
    public void close() {
        arena.close();
    }
}
