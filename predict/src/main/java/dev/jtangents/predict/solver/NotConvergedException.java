package dev.jtangents.predict.solver;

import dev.jtangents.tensor.InputException;

import java.io.Serial;

/** A solver has not reached the residual that was asked for. */
public final class NotConvergedException extends InputException {
    @Serial private static final long serialVersionUID = 1;

    private final String problem;

    NotConvergedException(String problem, String advice) {
        super(problem + " " + advice);
        this.problem = problem;
    }

    /** What happened, without the advice, which names the library's options. */
    public String problem() {
        return problem;
    }
}
