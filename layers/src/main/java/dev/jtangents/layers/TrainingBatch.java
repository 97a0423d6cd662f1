package dev.jtangents.layers;

import dev.jtangents.tensor.Tensor;

/**
 * What a step of training sees. Closing frees both arrays where they are the batch's own.
 *
 * @param x examples
 * @param labels theirs, f64 and row-major
 */
record TrainingBatch(Tensor x, Tensor labels) implements AutoCloseable {
    @Override
    public void close() {
        x.close();
        labels.close();
    }
}
