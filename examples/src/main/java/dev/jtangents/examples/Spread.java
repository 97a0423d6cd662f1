package dev.jtangents.examples;

import dev.jtangents.predict.Gaussian;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Mean and variance of each output for each test digit, row-major, at each step that is looked at.
 */
record Spread(List<double[]> mean, List<double[]> variance) {
    /** Of trained networks; the variance is the unbiased estimate. */
    static Spread of(List<Trajectory> networks) {
        var spread = new Spread(new ArrayList<>(), new ArrayList<>());
        for (int t = 0; t < networks.getFirst().test().size(); t++) {
            int step = t;
            List<double[]> outputs = networks.stream().map(one -> one.test().get(step)).toList();
            int count = outputs.getFirst().length;
            double[] mean = new double[count];
            double[] variance = new double[count];
            for (int i = 0; i < count; i++) {
                int place = i;
                double average =
                        outputs.stream().mapToDouble(each -> each[place]).average().orElseThrow();
                mean[i] = average;
                variance[i] =
                        outputs.stream()
                                        .mapToDouble(each -> Math.pow(each[place] - average, 2))
                                        .sum()
                                / (networks.size() - 1);
            }
            spread.mean.add(mean);
            spread.variance.add(variance);
        }
        return spread;
    }

    /** Of a distribution at several times; its variance is that of every class. */
    static Spread of(Gaussian distribution) {
        Tensor covariance = distribution.covariance();
        List<double[]> variances = new ArrayList<>();
        long digits = covariance.shape().extent(1);
        for (long t = 0; t < covariance.shape().extent(0); t++) {
            double[] variance = new double[Math.toIntExact(digits * Digits.CLASSES)];
            for (int i = 0; i < variance.length; i++) {
                long digit = i / Digits.CLASSES;
                variance[i] = covariance.get(t, digit, digit);
            }
            variances.add(variance);
        }
        return new Spread(Trajectory.eachTime(distribution.mean()), variances);
    }

    /** The mean of one output for the first test digit at each step. */
    double[] mean(int ofClass) {
        return mean.stream().mapToDouble(each -> each[ofClass]).toArray();
    }

    /** Its standard deviation. */
    double[] deviation(int ofClass) {
        return variance.stream().mapToDouble(each -> Math.sqrt(each[ofClass])).toArray();
    }
}
