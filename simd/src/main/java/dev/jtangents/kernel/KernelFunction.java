package dev.jtangents.kernel;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/**
 * A function from pairs of examples to kernels: of a network, a Monte Carlo estimate, any other.
 */
@FunctionalInterface
public interface KernelFunction {
    /**
     * The kernels between two sets of examples.
     *
     * @param x1 the examples of the rows
     * @param x2 the examples of the columns; null for those of {@code x1}
     * @param get the kernels to compute; the result has at least these
     * @return new tensors, which the caller of this function closes
     */
    Kernels kernels(Tensor x1, @Nullable Tensor x2, Set<KernelName> get);
}
