package dev.jtangents.predict;

/**
 * Is told how far an integration has come, after each step that the solver takes. An exception that
 * it throws ends the integration and reaches the caller.
 */
@FunctionalInterface
public interface ProgressListener {
    /**
     * The integration has reached this time.
     *
     * @param time as it was asked for, up to the last of the times
     * @param loss on the training set at this time
     * @param evaluations how often the gradient of the loss has been computed
     */
    void reached(double time, double loss, int evaluations);
}
