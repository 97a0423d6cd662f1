package dev.jtangents.predict;

import dev.jtangents.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** 1/2 mean (f - y)². */
final class MeanSquaredError implements Loss {
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;

    @Override
    public double value(Tensor outputs, Tensor labels) {
        double sum = 0;
        for (long i = 0; i < outputs.size(); i++) {
            double difference = difference(outputs.segment(), labels.segment(), i);
            sum += difference * difference;
        }
        return sum / (2 * outputs.size());
    }

    @Override
    public void gradient(Tensor outputs, Tensor labels, Tensor gradient) {
        for (long i = 0; i < outputs.size(); i++) {
            double difference = difference(outputs.segment(), labels.segment(), i);
            gradient.segment().setAtIndex(DOUBLE, i, difference / outputs.size());
        }
    }

    private static double difference(MemorySegment outputs, MemorySegment labels, long at) {
        return outputs.getAtIndex(DOUBLE, at) - labels.getAtIndex(DOUBLE, at);
    }
}
