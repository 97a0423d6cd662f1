package dev.jtangents.predict;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;

/**
 * The outputs of a network that gradient descent has trained. Closing this frees both tensors;
 * closing one of them alone does nothing.
 */
public final class Outputs implements AutoCloseable {
    private final Arena arena;
    private final @Nullable Tensor train;
    private final @Nullable Tensor test;

    Outputs(Arena arena, @Nullable Tensor train, @Nullable Tensor test) {
        this.arena = arena;
        this.train = train;
        this.test = test;
    }

    /** Whether outputs on the training set were asked for. */
    public boolean hasTrain() {
        return train != null;
    }

    /** Whether outputs on the test set were asked for. */
    public boolean hasTest() {
        return test != null;
    }

    /**
     * The outputs on the training set: f64, the axes of the times, then those of the labels.
     *
     * @throws IllegalStateException when they were not asked for
     */
    public Tensor train() {
        return asked(train, "training", "trainFrom");
    }

    /**
     * The outputs on the test set: f64, the axes of the times, then those of the labels with the
     * extents of the test set.
     *
     * @throws IllegalStateException when they were not asked for
     */
    public Tensor test() {
        return asked(test, "test", "testFrom");
    }

    private static Tensor asked(@Nullable Tensor outputs, String set, String method) {
        if (outputs == null) {
            throw new IllegalStateException(
                    "Outputs on the " + set + " set were not asked for: call " + method + ".");
        }
        return outputs;
    }

    /** Frees the tensors. Closing twice is allowed. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
