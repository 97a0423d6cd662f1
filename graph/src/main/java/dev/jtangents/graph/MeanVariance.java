package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Normalization;

/** The factors by which normalisation multiplies each position of each example. */
final class MeanVariance {
    private final Normalization op;
    private final Extents extents;

    MeanVariance(Normalization op, Extents extents) {
        this.op = op;
        this.extents = extents;
    }

    /**
     * One over the root of the mean variance of the positions that a position is normalised with.
     *
     * @param variances position by position, examples side by side
     * @param start the first example
     */
    double[] factors(double[] variances, Side side, long start, int examples) {
        int positions = extents.positions();
        double[] sums = new double[positions * examples];
        double[] counts = new double[positions * examples];
        for (int p = 0; p < positions; p++) {
            int together = together(p);
            for (int lane = 0; lane < examples; lane++) {
                int at = together * examples + (op.overExamples() ? 0 : lane);
                double present = present(side, start + lane, p);
                sums[at] += present * variances[p * examples + lane];
                counts[at] += present;
            }
        }
        double[] factors = new double[positions * examples];
        for (int p = 0; p < positions; p++) {
            int together = together(p);
            for (int lane = 0; lane < examples; lane++) {
                int at = together * examples + (op.overExamples() ? 0 : lane);
                double mean = sums[at] / Math.max(counts[at], 1);
                factors[p * examples + lane] = 1 / Math.sqrt(mean + op.epsilon());
            }
        }
        return factors;
    }

    /** The first of the positions that are normalised together with a position. */
    private int together(int position) {
        int[] coordinates = extents.coordinates(position);
        op.axes().forEach(axis -> coordinates[axis] = 0);
        return extents.position(coordinates);
    }

    private double present(Side side, long example, int position) {
        PerExample present = op.present();
        return present == null ? 1 : present.get(side, example, position);
    }
}
