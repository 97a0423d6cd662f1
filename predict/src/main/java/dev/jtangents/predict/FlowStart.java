package dev.jtangents.predict;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * Where the flow of a loss starts on the training set or on a test set.
 *
 * @param velocity of the shape of the outputs; null at rest
 */
record FlowStart(InitialOutputs outputs, @Nullable Tensor velocity) {
    /** All outputs are one number. */
    static FlowStart at(double constant) {
        return new FlowStart(new InitialOutputs(constant, null), null);
    }

    static FlowStart at(Tensor outputs) {
        return new FlowStart(new InitialOutputs(0, outputs), null);
    }

    static FlowStart at(Tensor outputs, @Nullable Tensor velocity) {
        return new FlowStart(new InitialOutputs(0, outputs), velocity);
    }
}
