package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;

/**
 * The options that every fit has. Arrays are read when {@code build()} is called.
 *
 * @param <B> the builder itself
 */
public abstract sealed class FitBuilder<B extends FitBuilder<B>>
        permits GradientDescentMse.Builder,
                GpInference.Builder,
                KernelRegression.Builder,
                GradientDescentMseEnsemble.Builder {
    private double diagReg;
    private boolean absoluteScale;
    private double maxJitter;
    private int[] traceAxes = {-1};

    FitBuilder() {}

    abstract B self();

    /**
     * What is added to the diagonal of the train-train kernel before it is factored, 0 at first. It
     * is a multiple of the mean of the diagonal, unless {@link #diagRegAbsoluteScale} is set.
     *
     * @throws InputException when it is negative, infinite or not a number
     */
    public B diagReg(double value) {
        diagReg = Checks.notNegative("diag_reg", value);
        return self();
    }

    /** Whether the regularisation is added as it is; false at first. */
    public B diagRegAbsoluteScale(boolean value) {
        absoluteScale = value;
        return self();
    }

    /**
     * Lets a fit help itself where a kernel is singular to working precision and the time is
     * infinite: it then adds the smallest power of ten between 1e-10 and this, times the mean of
     * the diagonal, that makes the kernel positive definite, and reports it as its jitter. 0 at
     * first, which refuses such kernels; 1e-6 is customary.
     *
     * @throws InputException when it is negative, infinite or not a number
     */
    public B maxJitter(double value) {
        maxJitter = Checks.notNegative("max_jitter", value);
        return self();
    }

    /**
     * The axes of the labels that the kernels lack because outputs along them are independent and
     * alike; the last axis at first. Negative axes count from the end; none for kernels that pair
     * all axes.
     */
    public B traceAxes(int... axes) {
        traceAxes = axes.clone();
        return self();
    }

    final Regularization regularization() {
        return new Regularization(diagReg, absoluteScale, maxJitter);
    }

    final int[] tracedAxes() {
        return traceAxes;
    }
}
