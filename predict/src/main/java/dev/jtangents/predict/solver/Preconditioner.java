package dev.jtangents.predict.solver;

import dev.jtangents.tensor.Tensor;

/** A matrix P that resembles the one solved with, and is easily solved with itself. */
interface Preconditioner extends AutoCloseable {
    /** Sets {@code result} to P⁻¹ times {@code residual}: row-major f64 matrices without gaps. */
    void apply(Tensor residual, Tensor result);

    @Override
    void close();
}
