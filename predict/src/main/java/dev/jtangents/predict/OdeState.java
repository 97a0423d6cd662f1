package dev.jtangents.predict;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;

/**
 * Where gradient descent stands: the outputs of the network, and with momentum their velocity. All
 * tensors are f64 and have the axes of the times, then those of the labels, with the extents of the
 * test set where they are of that.
 *
 * <p>A state at one time can be gone on from. Closing it frees its tensors; closing one of them
 * alone does nothing.
 */
public final class OdeState implements AutoCloseable {
    private final Arena arena;
    private final Tensor train;
    private final @Nullable Tensor test;
    private final @Nullable Tensor trainVelocity;
    private final @Nullable Tensor testVelocity;

    OdeState(
            Arena arena,
            Tensor train,
            @Nullable Tensor test,
            @Nullable Tensor trainVelocity,
            @Nullable Tensor testVelocity) {
        this.arena = arena;
        this.train = train;
        this.test = test;
        this.trainVelocity = trainVelocity;
        this.testVelocity = testVelocity;
    }

    /** The outputs on the training set. */
    public Tensor train() {
        return train;
    }

    /** Whether there is a test set. */
    public boolean hasTest() {
        return test != null;
    }

    /**
     * The outputs on the test set.
     *
     * @throws IllegalStateException without a test set
     */
    public Tensor test() {
        return present(test, "There is no test set: call testFrom on the request.");
    }

    /** Whether there are velocities, as there are with momentum. */
    public boolean hasVelocity() {
        return trainVelocity != null;
    }

    /**
     * The derivative of {@link #train} in the time of the flow, which is the square root of the
     * learning rate times that of the request.
     *
     * @throws IllegalStateException without momentum
     */
    public Tensor trainVelocity() {
        return present(trainVelocity, "Gradient descent without momentum has no velocity.");
    }

    /**
     * The derivative of {@link #test} in the time of the flow.
     *
     * @throws IllegalStateException without momentum or without a test set
     */
    public Tensor testVelocity() {
        return present(testVelocity, "Velocities of a test set need both momentum and a test set.");
    }

    private static Tensor present(@Nullable Tensor tensor, String otherwise) {
        if (tensor == null) {
            throw new IllegalStateException(otherwise);
        }
        return tensor;
    }

    /** Frees the tensors. Closing twice is allowed. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
