package dev.jtangents.cli;

import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * How well variances say how wrong the means are. The outputs of an example have a normal
 * distribution with mean m and variance v each; y is a label.
 *
 * @param negativeLogDensity the mean over examples and outputs of log(2 π v) / 2 + (m - y)² / (2
 *     v); NaN when a variance is 0
 * @param coverage the share of labels within m ± z √v, for each of {@link #LEVELS}
 */
record Calibration(double negativeLogDensity, List<Double> coverage) {
    /** What the coverages are where variances are right, in per cent. */
    static final List<Integer> LEVELS = List.of(50, 90, 95);

    /** The z for which a standard normal variable is within ± z so often. */
    private static final List<Double> QUANTILES =
            List.of(0.6744897501960817, 1.6448536269514722, 1.959963984540054);

    static Calibration of(Prediction prediction, int time, Labels labels) {
        Tensor mean = prediction.mean(time);
        Tensor truth = labels.values();
        long examples = truth.shape().extent(0);
        long outputs = truth.shape().extent(1);
        double[] within = new double[QUANTILES.size()];
        double logDensity = 0;
        for (long i = 0; i < examples; i++) {
            double variance = prediction.variance(time, i);
            double deviation = Math.sqrt(variance);
            for (long j = 0; j < outputs; j++) {
                double error = Math.abs(mean.get(i, j) - truth.get(i, j));
                logDensity +=
                        variance > 0
                                ? (Math.log(2 * Math.PI * variance) + error * error / variance) / 2
                                : Double.NaN;
                for (int level = 0; level < within.length; level++) {
                    within[level] += error <= QUANTILES.get(level) * deviation ? 1 : 0;
                }
            }
        }
        List<Double> coverage = new ArrayList<>();
        for (double count : within) {
            coverage.add(count / (examples * outputs));
        }
        return new Calibration(logDensity / (examples * outputs), List.copyOf(coverage));
    }
}
