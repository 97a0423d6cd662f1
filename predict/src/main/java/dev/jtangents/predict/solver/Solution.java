package dev.jtangents.predict.solver;

import dev.jtangents.tensor.Tensor;

/**
 * What a solver gives for some right-hand sides.
 *
 * @param weights f64, one row for each example of the solver's basis, one column for each
 *     right-hand side
 * @param report how it was found
 */
public record Solution(Tensor weights, SolverReport report) implements AutoCloseable {
    /** Frees the weights. */
    @Override
    public void close() {
        weights.close();
    }
}
