package dev.jtangents.predict.solver;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How a system was solved.
 *
 * @param kind the solver, never {@link SolverKind#AUTO}
 * @param size the number of examples N
 * @param rank of the preconditioner of cg, or the number of centres of nystrom; else 0
 * @param iterations how often the kernel was multiplied with a direction; Cholesky in f64 takes one
 *     or two
 * @param residual the largest residual of a column of the right-hand side, computed from the
 *     solution in f64, relative to that column; for nystrom that of its normal equations
 * @param reciprocalCondition an estimate of the reciprocal condition number of the matrix that was
 *     factored in f64, from 1 down to 0: solutions lose about as many digits as it has zeros; none
 *     for cholesky_f32 and cg
 * @param preconditionedCondition an estimate, from below, of the condition number that the
 *     iterations met after preconditioning
 * @param jitter what was added to the diagonal beside the regularisation; for nystrom to that of
 *     the kernel between the centres
 * @param converged whether the residual is within the tolerance, or is what rounding leaves
 */
public record SolverReport(
        SolverKind kind,
        long size,
        int rank,
        int iterations,
        double residual,
        OptionalDouble reciprocalCondition,
        double preconditionedCondition,
        double jitter,
        boolean converged) {
    /** One line for people. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append(kind.label()).append(", N = ").append(size);
        if (rank > 0) {
            text.append(kind == SolverKind.NYSTROM ? ", centres " : ", rank ").append(rank);
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        ": %s after %d iteration%s, residual %.1e",
                        converged ? "converged" : "NOT CONVERGED",
                        iterations,
                        iterations == 1 ? "" : "s",
                        residual));
        reciprocalCondition.ifPresent(
                condition ->
                        text.append(
                                String.format(
                                        Locale.ROOT,
                                        ", reciprocal condition number %.1e",
                                        condition)));
        text.append(
                String.format(
                        Locale.ROOT,
                        ", condition number after preconditioning %.1e",
                        preconditionedCondition));
        if (jitter > 0) {
            text.append(String.format(Locale.ROOT, ", jitter %.1e", jitter));
        }
        return text.toString();
    }
}
