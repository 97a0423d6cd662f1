package dev.jtangents.layers;

import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The kernel of an infinitely wide network between two batches of N1 and N2 examples. Owns its
 * tensors: closing it frees them.
 *
 * <p>{@link #nngp} and {@link #ntk} have shape (N1, N2), followed by each spatial axis of the
 * output twice, (N1, N2, H, H, W, W), for networks that keep positions. They are covariances per
 * channel. Both are of the dtype of the computation. A network of several outputs has a kernel for
 * each, {@link Network#kernels(java.util.List, java.util.List, KernelOptions)}, and another network
 * can go on from a kernel, {@link Network#kernel(Kernel, KernelOptions)}.
 */
public final class Kernel implements AutoCloseable {
    private final KernelFacts facts;
    private final Map<KernelField, Object> values;

    Kernel(KernelFacts facts, Map<KernelField, Object> values) {
        this.facts = facts;
        this.values = new EnumMap<>(values);
    }

    KernelFacts facts() {
        return facts;
    }

    /**
     * The covariance of activations, of shape (N1, N2, ...).
     *
     * @throws InputException when it was not asked for
     */
    public Tensor nngp() {
        return tensor(KernelField.NNGP);
    }

    /**
     * The tangent kernel, of shape (N1, N2, ...); of a network without parameters the number 0, of
     * shape ().
     *
     * @throws InputException when it was not asked for
     */
    public Tensor ntk() {
        return tensor(KernelField.NTK);
    }

    /**
     * The covariance of the first batch with itself: (N1, ...), or (N1, N1, ...) when {@link
     * KernelOptions#diagonalBatch} is false.
     *
     * @throws InputException when it was not asked for
     */
    public Tensor cov1() {
        return tensor(KernelField.COV1);
    }

    /** The same for the second batch; empty when there is none. */
    public Optional<Tensor> cov2() {
        return Optional.ofNullable((Tensor) values.get(KernelField.COV2));
    }

    /** Whether activations are Gaussian, independent over channels, given the input. */
    public boolean isGaussian() {
        return (boolean) value(KernelField.IS_GAUSSIAN);
    }

    /** The shape that the first batch's activations would have at finite width. */
    public Shape shape1() {
        return (Shape) value(KernelField.SHAPE1);
    }

    /** The same for the second batch, which is the first where only one was given. */
    public Shape shape2() {
        return (Shape) value(KernelField.SHAPE2);
    }

    /**
     * What is masked of the first batch's activations: 1 where it is, else 0, of shape {@link
     * #shape1}, with one channel where all channels of a position are masked alike. Empty without
     * {@link KernelOptions#maskConstant}.
     */
    public Optional<Tensor> mask1() {
        return Optional.ofNullable((Tensor) values.get(KernelField.MASK1));
    }

    /** The same for the second batch; empty when there is none. */
    public Optional<Tensor> mask2() {
        return Optional.ofNullable((Tensor) values.get(KernelField.MASK2));
    }

    /** NNGP and NTK, where they were asked for, as inference takes them; the same tensors. */
    public Kernels kernels() {
        return new Kernels(
                (Tensor) values.get(KernelField.NNGP), (Tensor) values.get(KernelField.NTK));
    }

    /**
     * A field by its name: a {@link Tensor}, {@link Shape}, Boolean or Integer; empty when this
     * kernel does not have it.
     */
    public Optional<Object> get(KernelField field) {
        return Optional.ofNullable(values.get(field));
    }

    private Tensor tensor(KernelField field) {
        return (Tensor) value(field);
    }

    private Object value(KernelField field) {
        @Nullable Object value = values.get(field);
        if (value == null) {
            throw new InputException(
                    "This kernel has no "
                            + field.label()
                            + ": it was not asked for. Add it to \"get\".");
        }
        return value;
    }

    @Override
    public void close() {
        close(values);
    }

    /** Closes the tensors among fields. */
    static void close(Map<KernelField, Object> values) {
        for (Object value : values.values()) {
            if (value instanceof Tensor tensor) {
                tensor.close();
            }
        }
    }
}
