package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** -mean (y log softmax f), with the softmax along the last axis. */
final class CrossEntropy implements Loss {
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;

    @Override
    public double value(Tensor outputs, Tensor labels) {
        long classes = classes(outputs);
        double sum = 0;
        for (long first = 0; first < outputs.size(); first += classes) {
            double normalizer = logSumExp(outputs.segment(), first, classes);
            for (long i = first; i < first + classes; i++) {
                double logProbability = outputs.segment().getAtIndex(DOUBLE, i) - normalizer;
                sum -= labels.segment().getAtIndex(DOUBLE, i) * logProbability;
            }
        }
        return sum / outputs.size();
    }

    /** (softmax f · sum of y over the classes - y) / number of all outputs. */
    @Override
    public void gradient(Tensor outputs, Tensor labels, Tensor gradient) {
        long classes = classes(outputs);
        for (long first = 0; first < outputs.size(); first += classes) {
            double normalizer = logSumExp(outputs.segment(), first, classes);
            double mass = 0;
            for (long i = first; i < first + classes; i++) {
                mass += labels.segment().getAtIndex(DOUBLE, i);
            }
            for (long i = first; i < first + classes; i++) {
                double output = outputs.segment().getAtIndex(DOUBLE, i);
                double label = labels.segment().getAtIndex(DOUBLE, i);
                double slope = (Math.exp(output - normalizer) * mass - label) / outputs.size();
                gradient.segment().setAtIndex(DOUBLE, i, slope);
            }
        }
    }

    private static double logSumExp(MemorySegment outputs, long first, long count) {
        double largest = Double.NEGATIVE_INFINITY;
        for (long i = first; i < first + count; i++) {
            largest = Math.max(largest, outputs.getAtIndex(DOUBLE, i));
        }
        double sum = 0;
        for (long i = first; i < first + count; i++) {
            sum += Math.exp(outputs.getAtIndex(DOUBLE, i) - largest);
        }
        return largest + Math.log(sum);
    }

    private static long classes(Tensor outputs) {
        long classes = outputs.shape().extent(-1);
        if (classes < 2) {
            throw new InputException(
                    "The cross-entropy needs labels with two classes or more along their last"
                            + " axis; these have shape "
                            + outputs.shape()
                            + ".");
        }
        return classes;
    }
}
