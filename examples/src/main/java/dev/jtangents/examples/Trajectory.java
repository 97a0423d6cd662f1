package dev.jtangents.examples;

import dev.jtangents.layers.DifferentiableFunction;
import dev.jtangents.layers.Parameters;
import dev.jtangents.layers.Trainer;
import dev.jtangents.layers.TrainingStep;
import dev.jtangents.predict.Loss;
import dev.jtangents.predict.Outputs;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Outputs on the way of a training, row-major, for each of the steps that are looked at.
 *
 * @param train on the training digits, (training x 10) each
 * @param test on the test digits
 */
record Trajectory(List<double[]> train, List<double[]> test) {
    /** Trains a function by gradient descent on the mean squared error of all training digits. */
    static Trajectory trained(
            DifferentiableFunction function, Parameters initial, Experiment experiment) {
        Digits digits = experiment.digits();
        Steps steps = experiment.steps();
        var trajectory = new Trajectory(new ArrayList<>(), new ArrayList<>());
        Trainer.of(function, Loss.mse()::gradient)
                .learningRate(experiment.learningRate())
                .listener(
                        step -> {
                            if (steps.contains(step.number())) {
                                trajectory.add(step, digits);
                            }
                        })
                .train(initial, digits.xTrain(), digits.yTrain(), steps.last())
                .close();
        return trajectory;
    }

    private void add(TrainingStep step, Digits digits) {
        try (Tensor onTrain = step.outputs(digits.xTrain());
                Tensor onTest = step.outputs(digits.xTest())) {
            train.add(onTrain.toArray());
            test.add(onTest.toArray());
        }
    }

    /** What has been predicted for each of the steps. */
    static Trajectory of(Outputs predicted) {
        return new Trajectory(eachTime(predicted.train()), eachTime(predicted.test()));
    }

    /** The values at each time, which the first axis counts. */
    static List<double[]> eachTime(Tensor values) {
        List<double[]> times = new ArrayList<>();
        for (long t = 0; t < values.shape().extent(0); t++) {
            times.add(values.slice(0, t, t + 1).toArray());
        }
        return times;
    }

    double[] trainLoss(Digits digits) {
        return losses(train, digits.yTrain());
    }

    double[] testLoss(Digits digits) {
        return losses(test, digits.yTest());
    }

    /** 1/2 mean (f - y)² at each step. */
    private static double[] losses(List<double[]> outputs, Tensor labels) {
        double[] wanted = labels.toArray();
        return outputs.stream()
                .mapToDouble(each -> squares(each, wanted) / (2 * wanted.length))
                .toArray();
    }

    private static double squares(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    /** One output for a test digit at each step. */
    double[] output(int digit, int ofClass) {
        return test.stream().mapToDouble(each -> each[digit * Digits.CLASSES + ofClass]).toArray();
    }

    /**
     * How far this is from another on the test digits: at the step where it is farthest, the root
     * mean square of the difference, relative to that of the way that training has made since the
     * first step.
     */
    double relativeDistance(Trajectory other) {
        double[] start = test.getFirst();
        double farthest = 0;
        for (int t = 1; t < test.size(); t++) {
            double difference = squares(test.get(t), other.test.get(t));
            farthest = Math.max(farthest, difference / squares(test.getLast(), start));
        }
        return Math.sqrt(farthest);
    }
}
