package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

import java.util.List;

/** Rows that come from outside the program; the executor puts them in place. */
sealed interface Source extends Operation {
    /** An array with a row for each example, counted from 0. */
    record Input(int index) implements Source {}

    /** A parameter, counted from 0. */
    record Parameter(int index) implements Source {}

    /** Numbers that all examples share. */
    record Constant(double[] values) implements Source {}

    @Override
    default void push(List<Jet> inputs, Jet result) {
        throw new IllegalStateException("A source has no inputs to push");
    }

    @Override
    default void pull(
            int input, List<Tensor> values, Tensor cotangent, Sum into, Workspace workspace) {
        throw new IllegalStateException("A source has no inputs to pull to");
    }
}
