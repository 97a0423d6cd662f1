package dev.jtangents.predict;

import org.jspecify.annotations.Nullable;

import java.util.OptionalDouble;

/**
 * How gradient descent goes, and how closely it is followed.
 *
 * @param momentum none for gradient descent without velocity, which 0 is not
 * @param stationaryTolerance by how much of their size outputs may change while the time grows by a
 *     quarter and yet count as stationary
 */
record FlowOptions(
        double learningRate,
        OptionalDouble momentum,
        double absoluteTolerance,
        double relativeTolerance,
        double stationaryTolerance,
        int maxEvaluations,
        @Nullable ProgressListener listener) {
    /** The time of the flow that one unit of the user's time takes. */
    double pace() {
        return momentum.isPresent() ? Math.sqrt(learningRate) : learningRate;
    }

    /** The rate at which velocity is lost; none without velocity. */
    OptionalDouble friction() {
        return momentum.isPresent()
                ? OptionalDouble.of((1 - momentum.getAsDouble()) / pace())
                : OptionalDouble.empty();
    }
}
