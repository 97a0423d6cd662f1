package dev.jtangents.predict;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Gradient descent on training and test outputs by very many steps of the learning rate, as a
 * network would take them. Kernels are matrices, labels have a traced axis.
 */
record SmallSteps(Loss loss, Tensor trainTrain, Tensor testTrain, Tensor labels) {
    /** Training and test outputs. */
    record State(double[] train, double[] test) {}

    /**
     * The outputs after a time, from 0, in the limit of small learning rates: extrapolated from the
     * limit's first two approximations.
     *
     * @param momentum null for none
     * @param refinement how many small steps stand for one of the learning rate
     */
    State limit(double learningRate, @Nullable Double momentum, int time, int refinement) {
        State coarse = descend(learningRate, momentum, time, refinement);
        State fine = descend(learningRate, momentum, time, 2 * refinement);
        return new State(
                extrapolated(coarse.train, fine.train), extrapolated(coarse.test, fine.test));
    }

    private static double[] extrapolated(double[] coarse, double[] fine) {
        double[] limit = new double[fine.length];
        for (int i = 0; i < limit.length; i++) {
            limit[i] = 2 * fine[i] - coarse[i];
        }
        return limit;
    }

    private State descend(
            double learningRate, @Nullable Double momentum, int time, int refinement) {
        // The refined steps keep learning rate · t, or √(learning rate) · t and the friction.
        double rate =
                momentum == null
                        ? learningRate / refinement
                        : learningRate / refinement / refinement;
        double kept = momentum == null ? 0 : 1 - (1 - momentum) / refinement;
        double[] train = new double[(int) labels.size()];
        double[] test = new double[(int) (testTrain.shape().extent(0) * labels.shape().extent(1))];
        double[] trainStep = new double[train.length];
        double[] testStep = new double[test.length];
        for (int step = 0; step < time * refinement; step++) {
            double[] gradient = gradient(train);
            move(trainTrain, gradient, rate, kept, train, trainStep);
            move(testTrain, gradient, rate, kept, test, testStep);
        }
        return new State(train, test);
    }

    private double[] gradient(double[] outputs) {
        double[] gradient = new double[outputs.length];
        loss.gradient(onHeap(outputs), labels, onHeap(gradient));
        return gradient;
    }

    private Tensor onHeap(double[] values) {
        return Tensor.wrap(MemorySegment.ofArray(values), DType.F64, labels.shape());
    }

    private void move(
            Tensor kernel,
            double[] gradient,
            double rate,
            double kept,
            double[] outputs,
            double[] step) {
        int columns = (int) labels.shape().extent(1);
        double[] weights = kernel.toArray();
        int rows = (int) kernel.shape().extent(1);
        for (int at = 0; at < outputs.length; at++) {
            double force = 0;
            for (int row = 0; row < rows; row++) {
                force +=
                        weights[at / columns * rows + row] * gradient[row * columns + at % columns];
            }
            step[at] = kept * step[at] - rate * force;
            outputs[at] += step[at];
        }
    }
}
