package dev.jtangents.graph;

import dev.jtangents.maps.BivariateMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/** Covariance programs by their definition: one pair after another, in double, op by op. */
record ScalarTwin(double[][] nngp, double[][] ntk) {
    /** One pair of positions on its way through a program. */
    private static final class Entry {
        double q12;
        double q11;
        double q22;
        double theta;

        /** The same position of the same example: nothing may depend on rounding. */
        boolean same;
    }

    static ScalarTwin of(CovarianceProgram program, Tensor x1, @Nullable Tensor second) {
        Tensor x2 = second == null ? x1 : second;
        boolean mean = program.takesSpatialMean();
        int positions = (int) x1.shape().extent(1);
        int perExample = mean ? 1 : positions;
        int rows = (int) x1.shape().extent(0) * perExample;
        int columns = (int) x2.shape().extent(0) * perExample;
        var nngp = new double[rows][columns];
        var ntk = new double[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                Entry[] entries = new Entry[mean ? positions : 1];
                for (int p = 0; p < entries.length; p++) {
                    int p1 = mean ? p : i % positions;
                    int p2 = mean ? p : j % positions;
                    entries[p] = input(x1, i / perExample, p1, x2, j / perExample, p2);
                    entries[p].same = second == null && i == j;
                }
                Entry result = run(program, entries);
                nngp[i][j] = result.q12;
                ntk[i][j] = result.theta;
            }
        }
        return new ScalarTwin(nngp, ntk);
    }

    private static Entry input(Tensor x1, int i, int p1, Tensor x2, int j, int p2) {
        var entry = new Entry();
        long features = x1.shape().extent(2);
        for (int f = 0; f < features; f++) {
            double u = x1.get(i, p1, f);
            double v = x2.get(j, p2, f);
            entry.q12 += u * v / features;
            entry.q11 += u * u / features;
            entry.q22 += v * v / features;
        }
        return entry;
    }

    private static Entry run(CovarianceProgram program, Entry[] start) {
        Entry[] entries = start;
        for (CovarianceOp op : program.ops()) {
            switch (op) {
                case CovarianceOp.Affine(AffineStep step) -> {
                    for (Entry entry : entries) {
                        entry.theta =
                                step.ntkScale() * entry.theta
                                        + step.ntkGain() * entry.q12
                                        + step.ntkShift();
                        entry.q12 = step.scale() * entry.q12 + step.shift();
                        entry.q11 = step.scale() * entry.q11 + step.shift();
                        entry.q22 = step.scale() * entry.q22 + step.shift();
                    }
                }
                case CovarianceOp.Nonlinearity(BivariateMap map) -> {
                    for (Entry entry : entries) {
                        entry.theta *=
                                entry.same
                                        ? map.varianceDerivative(entry.q11)
                                        : map.derivative(entry.q12, entry.q11, entry.q22);
                        entry.q12 =
                                entry.same
                                        ? map.variance(entry.q11)
                                        : map.nngp(entry.q12, entry.q11, entry.q22);
                        entry.q11 = map.variance(entry.q11);
                        entry.q22 = map.variance(entry.q22);
                    }
                }
                case CovarianceOp.SpatialMean mean -> {
                    var average = new Entry();
                    average.same = entries[0].same;
                    for (Entry entry : entries) {
                        average.q12 += entry.q12 / entries.length;
                        average.q11 += entry.q11 / entries.length;
                        average.q22 += entry.q22 / entries.length;
                        average.theta += entry.theta / entries.length;
                    }
                    entries = new Entry[] {average};
                }
            }
        }
        return entries[0];
    }
}
