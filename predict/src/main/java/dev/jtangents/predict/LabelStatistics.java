package dev.jtangents.predict;

import dev.jtangents.tensor.Tensor;

import java.util.Arrays;

/** Of all labels of a training set, the mean, the standard deviation and the extremes. */
public record LabelStatistics(double mean, double deviation, double smallest, double largest) {
    static LabelStatistics of(Tensor labels) {
        double[] values = labels.toArray();
        double mean = Arrays.stream(values).average().orElse(0);
        double variance =
                Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElse(0);
        return new LabelStatistics(
                mean,
                Math.sqrt(variance),
                Arrays.stream(values).min().orElse(0),
                Arrays.stream(values).max().orElse(0));
    }
}
