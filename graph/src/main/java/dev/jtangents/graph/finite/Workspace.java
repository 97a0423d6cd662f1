package dev.jtangents.graph.finite;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory of one run, of one thread and one dtype: what is released is used again. Closing it
 * frees everything that it gave out.
 */
public final class Workspace implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final DType dtype;
    private final Map<Long, Deque<Tensor>> released = new HashMap<>();

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
        Shape shape = Shape.of(rows, width);
        Deque<Tensor> candidates = released.get(shape.size());
        Tensor again = candidates == null ? null : candidates.poll();
        if (again == null) {
            return Tensor.allocate(arena, dtype, shape);
        }
        again.segment().fill((byte) 0);
        return again.reshape(rows, width);
    }

    /** Takes back a matrix that it gave out and that nobody uses any more. */
    void release(Tensor matrix) {
        released.computeIfAbsent(matrix.size(), size -> new ArrayDeque<>()).add(matrix);
    }

    @Override
    public void close() {
        arena.close();
    }
}
