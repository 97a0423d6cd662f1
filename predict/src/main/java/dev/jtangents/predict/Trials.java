package dev.jtangents.predict;

import org.hipparchus.analysis.MultivariateFunction;
import org.jspecify.annotations.Nullable;

import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * A function of hyper-parameters as one of the logarithms of those that do not start at 0, and the
 * best that it has been tried at.
 */
final class Trials implements MultivariateFunction {
    private final Hyperparameters start;
    private final ToDoubleFunction<Hyperparameters> function;
    private @Nullable Hyperparameters best;
    private double highest = Double.NEGATIVE_INFINITY;
    private int count;

    Trials(Hyperparameters start, ToDoubleFunction<Hyperparameters> function) {
        this.start = start;
        this.function = function;
    }

    /** The logarithms of the hyper-parameters that are not 0. */
    static double[] varied(Hyperparameters start) {
        return DoubleStream.of(start.weightStd(), start.biasStd(), start.diagReg())
                .filter(value -> value > 0)
                .map(Math::log)
                .toArray();
    }

    /** The hyper-parameters of the highest value; null when there is none above -infinity. */
    @Nullable Hyperparameters best() {
        return best;
    }

    double highest() {
        return highest;
    }

    int count() {
        return count;
    }

    @Override
    public double value(double[] logarithms) {
        int next = 0;
        double weightStd = start.weightStd() == 0 ? 0 : Math.exp(logarithms[next++]);
        double biasStd = start.biasStd() == 0 ? 0 : Math.exp(logarithms[next++]);
        double diagReg = start.diagReg() == 0 ? 0 : Math.exp(logarithms[next]);
        Hyperparameters at = new Hyperparameters(weightStd, biasStd, diagReg);
        double value = function.applyAsDouble(at);
        count++;
        if (value > highest) {
            highest = value;
            best = at;
        }
        return value;
    }
}
