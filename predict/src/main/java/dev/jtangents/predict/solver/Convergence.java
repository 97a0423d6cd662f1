package dev.jtangents.predict.solver;

import dev.jtangents.tensor.Tensor;

import java.util.Locale;

/** What becomes of solutions that have not converged. */
final class Convergence {
    private Convergence() {}

    /**
     * A solution that has converged, or is accepted all the same.
     *
     * @throws NotConvergedException when it is not; the weights are then closed
     */
    static Solution required(Tensor weights, SolverReport report, SolverOptions options) {
        if (report.converged() || options.acceptUnconverged()) {
            return new Solution(weights, report);
        }
        weights.close();
        throw new NotConvergedException(
                String.format(
                        Locale.ROOT,
                        "%s did not converge: after %d of at most %d iterations the residual is"
                                + " %.1e of the labels, and %.1e was asked for.",
                        report.kind().label(),
                        report.iterations(),
                        options.maxIterations(),
                        report.residual(),
                        options.tolerance()),
                "Raise diag_reg, rank, tolerance or max_iterations, or accept what was reached.");
    }
}
