package dev.jtangents.layers;

import dev.jtangents.tensor.Tensor;

/** Where a training is after a number of steps; only while its listener is called. */
public final class TrainingStep {
    private final int number;
    private final ParametricFunction function;
    private final Parameters parameters;

    TrainingStep(int number, ParametricFunction function, Parameters parameters) {
        this.number = number;
        this.function = function;
        this.parameters = parameters;
    }

    /** How many steps have been taken: 0 before the first. */
    public int number() {
        return number;
    }

    /** The parameters as they are now; borrowed, and changed by the next step. */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * What the trained function says now.
     *
     * @param x examples, of the training set or others; borrowed
     * @return outputs that the caller closes
     */
    public Tensor outputs(Tensor x) {
        return function.apply(parameters, x);
    }
}
