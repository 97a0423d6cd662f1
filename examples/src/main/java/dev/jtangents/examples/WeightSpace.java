package dev.jtangents.examples;

import dev.jtangents.layers.Parameters;

import java.util.List;
import java.util.Locale;

/**
 * Weight space: a wide network and its linearisation at the initial parameters, trained alike, stay
 * together. Draws their losses and one of their outputs.
 */
final class WeightSpace {
    private WeightSpace() {}

    /** The ways that both take. */
    record Result(Trajectory network, Trajectory linearisation) {}

    static Result run(Experiment experiment) {
        try (Parameters initial = experiment.initial(1)) {
            return new Result(
                    Trajectory.trained(experiment.network(), initial, experiment),
                    Trajectory.trained(
                            experiment.network().linearize(initial), initial, experiment));
        }
    }

    /** Draws to the file that is named, or weight-space.png. */
    public static void main(String[] arguments) {
        Picture picture = Picture.of(arguments, "weight-space.png");
        try (Experiment experiment = Experiment.of(128, 512, 300)) {
            Result result = run(experiment);
            System.out.printf(
                    Locale.ROOT,
                    "Outputs for test digits differ by at most %.1f %% of the way that training"
                            + " made (root mean square).%n",
                    100 * result.network.relativeDistance(result.linearisation));
            picture.write(List.of(losses(experiment, result), output(experiment, result)));
        }
    }

    private static Figure losses(Experiment experiment, Result result) {
        return new Figure("mean squared error", experiment.steps())
                .losses("network", "linearised", experiment, result.network, result.linearisation);
    }

    private static Figure output(Experiment experiment, Result result) {
        int right = experiment.digits().testClass(0);
        return new Figure("output for the first test digit, class " + right, experiment.steps())
                .line("network", Figure.BLUE, result.network.output(0, right))
                .dashed("linearised", Figure.ORANGE, result.linearisation.output(0, right));
    }
}
