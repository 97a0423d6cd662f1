package dev.jtangents.cli;

import dev.jtangents.graph.ExecutionOptions;
import dev.jtangents.predict.solver.SolverKind;
import dev.jtangents.predict.solver.SolverOptions;
import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** The options that say how training without end is solved for. */
final class SolverArguments {
    @Option(
            names = "--solver",
            paramLabel = "NAME",
            description = {
                "For --t inf and training sets of any size: auto, cholesky, cholesky_f32, cg or"
                        + " nystrom, within --memory.",
                "Without it the closed form, which keeps several f64 copies of the kernel."
            })
    private @Nullable String solver;

    @Option(
            names = "--centers",
            paramLabel = "M",
            description = "Of nystrom: how many training examples stand for all.")
    private @Nullable Integer centers;

    @Option(
            names = "--tolerance",
            paramLabel = "R",
            description = "The relative residual that a solver has to reach; 1e-8 unless given.")
    private @Nullable Double tolerance;

    @Option(
            names = "--max-iterations",
            paramLabel = "N",
            description = "When a solver gives up; 1000 unless given.")
    private @Nullable Integer maxIterations;

    boolean isGiven() {
        return solver != null;
    }

    /**
     * Refuses what does not go together.
     *
     * @throws InputException when an option has no use, or the solver cannot do what is asked for
     */
    void requireUseful(TrainingTimes times, CovarianceKind covariance) {
        boolean nystrom = solver != null && SolverKind.named(solver) == SolverKind.NYSTROM;
        requireUseful("--tolerance", tolerance, "--solver", solver != null);
        requireUseful("--max-iterations", maxIterations, "--solver", solver != null);
        requireUseful("--centers", centers, "--solver nystrom", nystrom);
        if (nystrom && (centers == null || centers < 1)) {
            throw new InputException(
                    "--solver nystrom needs --centers M, how many training examples stand for all,"
                            + " at least 1; a few thousand are usual.");
        }
        if (nystrom && covariance != CovarianceKind.NONE) {
            throw new InputException(
                    "--solver nystrom has no covariance; leave --covariance out, or take another"
                            + " solver.");
        }
        if (solver != null && times.finite().length > 0) {
            throw new InputException(
                    "--t "
                            + times.text(0)
                            + ": --solver "
                            + solver
                            + " is for training without end, --t inf; leave --solver out for other"
                            + " times.");
        }
    }

    private static void requireUseful(
            String option, @Nullable Number value, String needed, boolean given) {
        if (value != null && !given) {
            throw new InputException(
                    option + " " + value + ": this option goes with " + needed + " only.");
        }
    }

    /**
     * The options of a solver, within the same memory and threads as everything else.
     *
     * @throws InputException when a number is out of its range
     */
    SolverOptions applyTo(SolverOptions defaults, ExecutionOptions execution) {
        SolverOptions options =
                defaults.withMemory(execution.memory()).withThreads(execution.threads());
        if (solver != null) {
            options =
                    centers == null
                            ? options.withKind(SolverKind.named(solver))
                            : options.withCentres(centers);
        }
        if (tolerance != null) {
            options = options.withTolerance(tolerance);
        }
        if (maxIterations != null) {
            options = options.withMaxIterations(maxIterations);
        }
        return options;
    }
}
