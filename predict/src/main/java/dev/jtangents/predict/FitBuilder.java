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
                GradientDescentMseEnsemble.Builder {
    private double diagReg;
    private boolean absoluteScale;
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
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new InputException(
                    "diag_reg = " + value + " is not allowed; give a finite number from 0.");
        }
        diagReg = value;
        return self();
    }

    /** Whether the regularisation is added as it is; false at first. */
    public B diagRegAbsoluteScale(boolean value) {
        absoluteScale = value;
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
        return new Regularization(diagReg, absoluteScale);
    }

    final int[] tracedAxes() {
        return traceAxes;
    }
}
