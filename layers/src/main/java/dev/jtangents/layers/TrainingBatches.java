package dev.jtangents.layers;

/** The batches of a training, one for each step. */
@FunctionalInterface
interface TrainingBatches {
    /** The next one, which the caller closes. */
    TrainingBatch next();
}
