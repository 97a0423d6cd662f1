package dev.jtangents.predict;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * A Gaussian distribution of outputs. Its tensors belong to the {@link Gaussians} that it came in,
 * and are freed with it.
 */
public final class Gaussian {
    private final Tensor mean;
    private final @Nullable Tensor covariance;
    private final @Nullable Tensor variance;

    Gaussian(Tensor mean, @Nullable Tensor covariance, @Nullable Tensor variance) {
        this.mean = mean;
        this.covariance = covariance;
        this.variance = variance;
    }

    /**
     * The mean: f64, the axes of the times if there are any, then those of the labels with the
     * extents of the examples predicted.
     */
    public Tensor mean() {
        return mean;
    }

    /** Whether the covariance was asked for. */
    public boolean hasCovariance() {
        return covariance != null;
    }

    /**
     * The covariance, equal for all outputs along traced axes: f64, the axes of the times if there
     * are any, then the other axes of the labels in pairs; (N, N) when all but the examples' axis
     * are traced. It is symmetric, and positive semidefinite up to rounding.
     *
     * @throws IllegalStateException when it was not asked for
     */
    public Tensor covariance() {
        if (covariance == null) {
            throw new IllegalStateException(
                    "The covariance was not asked for: call covariance on the request.");
        }
        return covariance;
    }

    /** Whether variances were asked for. */
    public boolean hasVariance() {
        return variance != null;
    }

    /**
     * The variances, equal for all outputs along traced axes: f64, the axes of the labels that are
     * not traced, (N,) when all but the examples' axis are. They are not negative.
     *
     * @throws IllegalStateException when they were not asked for
     */
    public Tensor variance() {
        if (variance == null) {
            throw new IllegalStateException(
                    "The variance was not asked for: call variance on the request.");
        }
        return variance;
    }
}
