package dev.jtangents.predict;

import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;

/** The labels of a training set: a matrix, and how arrays become matrices with these labels. */
final class Labels implements AutoCloseable {
    private final Arena arena;
    private final KernelAxes axes;
    private final Tensor matrix;

    private Labels(Arena arena, KernelAxes axes, Tensor matrix) {
        this.arena = arena;
        this.axes = axes;
        this.matrix = matrix;
    }

    /** A copy of these labels. */
    static Labels of(Tensor labels, int[] traceAxes) {
        KernelAxes axes = KernelAxes.of(labels.shape(), traceAxes);
        Arena arena = Arena.ofShared();
        try {
            return new Labels(
                    arena, axes, axes.outputMatrix(arena, labels, axes.trainRows(), "y_train"));
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    KernelAxes axes() {
        return axes;
    }

    /** The number of all labels, those along traced axes too. */
    long count() {
        return axes.labels().size();
    }

    Tensor matrix() {
        return matrix;
    }

    void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("This fit has been closed; build another.");
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
