package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

/** The columns of a tangent kernel. Several threads may ask for them at once. */
@FunctionalInterface
public interface TangentColumns {
    /**
     * The derivatives of all outputs of the first batch along the gradient of one output of one
     * example of the second.
     *
     * @param place of the output among those of the example, in row-major order
     * @return an array whose first axis is that of the first batch, which the caller closes
     */
    Tensor column(long example, int place);
}
