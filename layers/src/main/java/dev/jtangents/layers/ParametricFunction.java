package dev.jtangents.layers;

import dev.jtangents.tensor.Tensor;

/**
 * A function of parameters and inputs, as a finite network is one: its linearisation, its Taylor
 * expansion, or any code of the caller's. Many threads call it at once.
 */
@FunctionalInterface
public interface ParametricFunction {
    /**
     * The outputs.
     *
     * @param parameters borrowed
     * @param x examples; borrowed
     * @return a tensor that the caller of this method closes
     */
    Tensor apply(Parameters parameters, Tensor x);
}
