package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.OptionalLong;

/** The largest learning rate at which gradient descent on the mean squared error is stable. */
final class MaxLearningRate {
    private MaxLearningRate() {}

    static double of(Tensor ntk, OptionalLong labels, double momentum, double eps) {
        Checks.momentum(momentum);
        Checks.notNegative("eps", eps);
        if (labels.isPresent() && labels.getAsLong() <= 0) {
            throw new InputException(
                    "y_train_size = "
                            + labels.getAsLong()
                            + " is not allowed; give the number of"
                            + " all labels.");
        }
        try (Arena scratch = Arena.ofShared()) {
            Tensor matrix = KernelAxes.squareMatrix(scratch, ntk, "ntk_train_train");
            long size = labels.orElse(matrix.shape().extent(0));
            try (Spectrum spectrum = Spectrum.of(matrix)) {
                double curvature = spectrum.largest() + eps;
                if (!(curvature > 0)) {
                    throw new InputException(
                            "ntk_train_train has no positive eigenvalue (the largest is "
                                    + spectrum.largest()
                                    + "): every learning rate is stable, and none learns.");
                }
                double rate = 2 * (1 + momentum) * size / curvature;
                if (!Double.isFinite(rate)) {
                    throw new InputException(
                            "The largest eigenvalue of ntk_train_train is "
                                    + spectrum.largest()
                                    + ", so that every learning rate that f64 holds is stable:"
                                    + " rescale the kernel.");
                }
                return rate;
            }
        }
    }
}
