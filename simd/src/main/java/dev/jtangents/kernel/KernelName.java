package dev.jtangents.kernel;

import java.util.Locale;

/** The two kernels of an infinitely wide network. */
public enum KernelName {
    /** The covariance of the outputs of random networks (neural network Gaussian process). */
    NNGP,
    /**
     * The neural tangent kernel: how gradient descent on one example moves the output on another.
     */
    NTK;

    /** The name in lower case, as the command line and messages write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
