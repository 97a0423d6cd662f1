package dev.jtangents.cli;

import dev.jtangents.tensor.Tensor;

/**
 * How good predictions are.
 *
 * @param examples how many were predicted
 * @param correct how many of them have their largest output at the right class, if labels are
 *     classes
 * @param meanSquaredError the mean over examples and outputs
 */
record Score(long examples, long correct, double meanSquaredError) {
    static Score of(Tensor mean, Labels labels) {
        Tensor truth = labels.values();
        long examples = truth.shape().extent(0);
        long outputs = truth.shape().extent(1);
        long correct = 0;
        double squares = 0;
        for (long i = 0; i < examples; i++) {
            for (long j = 0; j < outputs; j++) {
                double error = mean.get(i, j) - truth.get(i, j);
                squares += error * error;
            }
            correct += Labels.argmax(mean, i) == Labels.argmax(truth, i) ? 1 : 0;
        }
        return new Score(examples, correct, squares / (examples * outputs));
    }

    /** The share of correct ones, from 0 to 1. */
    double accuracy() {
        return (double) correct / examples;
    }
}
