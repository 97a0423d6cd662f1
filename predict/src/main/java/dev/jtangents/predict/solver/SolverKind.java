package dev.jtangents.predict.solver;

import dev.jtangents.tensor.InputException;

import java.util.Arrays;
import java.util.Locale;

/** How a system with a kernel is solved. */
public enum SolverKind {
    /**
     * The first of {@link #CHOLESKY}, {@link #CHOLESKY_F32} and {@link #CG} that fits the memory.
     */
    AUTO,
    /** A Cholesky factor in f64: 8 N² bytes, N³ / 3 multiplications. */
    CHOLESKY,
    /**
     * A Cholesky factor in f32, 4 N² bytes, whose solutions are refined to f64 residuals by
     * conjugate gradients.
     */
    CHOLESKY_F32,
    /** Conjugate gradients, preconditioned by a randomly pivoted Cholesky factorisation. */
    CG,
    /**
     * Regression on M of the examples, the centres: 24 M² bytes, N M² multiplications. Another, a
     * simpler model than the other solvers give (subset of regressors, Nystrom).
     */
    NYSTROM;

    /** The name in lower case, as the command line and messages write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The solver of a name, in any case.
     *
     * @throws InputException when there is none
     */
    public static SolverKind named(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(
                        () ->
                                new InputException(
                                        "There is no solver \""
                                                + name
                                                + "\"; there are "
                                                + String.join(
                                                        ", ",
                                                        Arrays.stream(values())
                                                                .map(SolverKind::label)
                                                                .toList())
                                                + "."));
    }
}
