package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;

/** Draws the parameters of a function. Many threads call it at once. */
@FunctionalInterface
public interface Initializer {
    /**
     * Random parameters; the same seed gives the same.
     *
     * @param input the shape of an input
     * @return parameters that the caller of this method closes
     */
    Parameters init(long seed, Shape input, DType dtype);
}
