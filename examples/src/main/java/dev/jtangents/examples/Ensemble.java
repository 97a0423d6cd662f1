package dev.jtangents.examples;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.layers.Parameters;
import dev.jtangents.predict.Gaussians;
import dev.jtangents.predict.GradientDescentMseEnsemble;
import dev.jtangents.predict.Predict;
import dev.jtangents.predict.Time;

import java.util.ArrayList;
import java.util.List;

/**
 * Networks drawn at random and trained alike, beside the distribution of infinitely many infinitely
 * wide ones.
 *
 * @param networks how many were trained
 */
record Ensemble(int networks, Spread trained, Spread predicted) {
    static Ensemble run(Experiment experiment, int networks) {
        List<Trajectory> trained = new ArrayList<>();
        for (int seed = 1; seed <= networks; seed++) {
            try (Parameters initial = experiment.initial(seed)) {
                trained.add(Trajectory.trained(experiment.network(), initial, experiment));
            }
        }
        return new Ensemble(networks, Spread.of(trained), predicted(experiment));
    }

    private static Spread predicted(Experiment experiment) {
        Digits digits = experiment.digits();
        try (GradientDescentMseEnsemble ensemble =
                        Predict.gradientDescentMseEnsemble(
                                        experiment.network(), digits.xTrain(), digits.yTrain())
                                .learningRate(experiment.learningRate())
                                .build();
                Gaussians outputs =
                        ensemble.at(Time.ofEach(experiment.steps().asTimes()))
                                .get(KernelName.NTK)
                                .on(digits.xTest())
                                .covariance()
                                .predict()) {
            return Spread.of(outputs.ntk());
        }
    }

    /**
     * The distance of the trained mean after the last step from the prediction, in predicted
     * standard errors of a mean of so many networks: root mean square over all test outputs. About
     * 1 when the prediction is right.
     */
    double standardErrors() {
        double[] found = trained.mean().getLast();
        double[] wanted = predicted.mean().getLast();
        double[] variance = predicted.variance().getLast();
        double sum = 0;
        for (int i = 0; i < found.length; i++) {
            sum += Math.pow(found[i] - wanted[i], 2) * networks / variance[i];
        }
        return Math.sqrt(sum / found.length);
    }

    /** The trained variances after the last step by the predicted ones: mean over test outputs. */
    double varianceRatio() {
        double[] found = trained.variance().getLast();
        double[] wanted = predicted.variance().getLast();
        double sum = 0;
        for (int i = 0; i < found.length; i++) {
            sum += found[i] / wanted[i];
        }
        return sum / found.length;
    }
}
