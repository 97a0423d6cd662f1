package dev.jtangents.examples;

import dev.jtangents.layers.EmpiricalKernels;
import dev.jtangents.layers.Parameters;
import dev.jtangents.predict.GradientDescentMse;
import dev.jtangents.predict.Outputs;
import dev.jtangents.predict.Predict;
import dev.jtangents.predict.Time;
import dev.jtangents.tensor.Tensor;

import java.util.List;
import java.util.Locale;

/**
 * Function space: what training makes of a wide network is known beforehand. One network is
 * compared with the closed form for its empirical tangent kernel, an ensemble with the distribution
 * that the infinitely wide network's kernels give.
 */
final class FunctionSpace {
    private static final int NETWORKS = 20;

    private FunctionSpace() {}

    /** One network on its way, and what is predicted from its kernel before the first step. */
    record Result(Trajectory network, Trajectory predicted) {}

    static Result run(Experiment experiment) {
        try (Parameters initial = experiment.initial(1)) {
            return new Result(
                    Trajectory.trained(experiment.network(), initial, experiment),
                    predicted(initial, experiment));
        }
    }

    private static Trajectory predicted(Parameters initial, Experiment experiment) {
        Digits digits = experiment.digits();
        EmpiricalKernels kernels = experiment.network().empirical().traceAxes();
        try (Tensor trainTrain = kernels.ntk(initial, digits.xTrain(), null);
                Tensor testTrain = kernels.ntk(initial, digits.xTest(), digits.xTrain());
                Tensor onTrain = experiment.network().apply(initial, digits.xTrain());
                Tensor onTest = experiment.network().apply(initial, digits.xTest());
                GradientDescentMse fit =
                        Predict.gradientDescentMse(trainTrain, digits.yTrain())
                                .traceAxes()
                                .learningRate(experiment.learningRate())
                                .build();
                Outputs outputs =
                        fit.at(Time.ofEach(experiment.steps().asTimes()))
                                .trainFrom(onTrain)
                                .testFrom(onTest, testTrain)
                                .predict()) {
            return Trajectory.of(outputs);
        }
    }

    /** Draws to the file that is named, or function-space.png. */
    public static void main(String[] arguments) {
        Picture picture = Picture.of(arguments, "function-space.png");
        try (Experiment experiment = Experiment.of(128, 512, 300)) {
            Result result = run(experiment);
            System.out.printf(
                    Locale.ROOT,
                    "One network: outputs for test digits differ from the prediction by at most"
                            + " %.1f %% of the way that training made (root mean square).%n",
                    100 * result.network.relativeDistance(result.predicted));
            Ensemble ensemble = Ensemble.run(experiment, NETWORKS);
            System.out.printf(
                    Locale.ROOT,
                    "%d networks: their mean is %.2f standard errors from the prediction (root mean"
                            + " square; 1 is expected), their variance %.2f times as large.%n",
                    NETWORKS,
                    ensemble.standardErrors(),
                    ensemble.varianceRatio());
            picture.write(List.of(losses(experiment, result), outputs(experiment, ensemble)));
        }
    }

    private static Figure losses(Experiment experiment, Result result) {
        return new Figure("mean squared error, one network", experiment.steps())
                .losses("network", "predicted", experiment, result.network, result.predicted);
    }

    private static Figure outputs(Experiment experiment, Ensemble ensemble) {
        int right = experiment.digits().testClass(0);
        return new Figure(
                        "output for test digit 0, class "
                                + right
                                + ": mean ± 2 standard deviations",
                        experiment.steps())
                .band("infinitely wide", Figure.ORANGE, ensemble.predicted(), right)
                .band(NETWORKS + " networks", Figure.BLUE, ensemble.trained(), right);
    }
}
