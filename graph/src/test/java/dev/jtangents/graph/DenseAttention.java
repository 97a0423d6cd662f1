package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Attention;

/** Attention by its definition. */
final class DenseAttention {
    private DenseAttention() {}

    /** G1 V G2ᵀ. */
    static DenseKernel mixed(Attention op, DenseKernel values, DenseKernel keys) {
        return values.mixed(values.extents(), (i, p, q) -> score(op, keys, i, p, q));
    }

    private static double score(Attention op, DenseKernel keys, int example, int p, int q) {
        double score = op.scale() * keys.nngp(example, example, p, q);
        double present = present(op, keys, example, q);
        return switch (op.scores()) {
            case IDENTITY -> present * score;
            case ABS -> present * Math.abs(score);
            case RELU -> present * Math.max(score, 0);
            case SOFTMAX -> softmax(op, keys, example, p, q);
        };
    }

    private static double softmax(Attention op, DenseKernel keys, int example, int p, int q) {
        double sum = 0;
        double own = 0;
        int count = 0;
        for (int key = 0; key < keys.positions(); key++) {
            double present = present(op, keys, example, key);
            double score = op.scale() * keys.nngp(example, example, p, key);
            double weight = present == 0 ? 0 : Math.exp(score);
            sum += weight;
            count += present == 0 ? 0 : 1;
            own = key == q ? weight : own;
        }
        return count == 0 ? 1.0 / keys.positions() : own / sum;
    }

    private static double present(Attention op, DenseKernel keys, int example, int key) {
        PerExample present = op.present();
        return present == null ? 1 : keys.constant(present, example, key);
    }

    /** q <- d A, Θ <- t A + d (Θ_A + 4 A). */
    static DenseKernel bilinear(DenseKernel a, DenseKernel b) {
        double[][] d = new double[a.examples()][a.examples()];
        double[][] t = new double[a.examples()][a.examples()];
        for (int i = 0; i < a.examples(); i++) {
            for (int j = 0; j < a.examples(); j++) {
                for (int p = 0; p < a.positions(); p++) {
                    for (int q = 0; q < a.positions(); q++) {
                        d[i][j] += a.nngp(i, j, p, q) * b.nngp(i, j, p, q);
                        t[i][j] += a.nngp(i, j, p, q) * b.ntk(i, j, p, q);
                        t[i][j] += b.nngp(i, j, p, q) * a.ntk(i, j, p, q);
                    }
                }
            }
        }
        return a.same(
                (i, j, p, q) -> d[i][j] * a.nngp(i, j, p, q),
                (i, j, p, q) ->
                        t[i][j] * a.nngp(i, j, p, q)
                                + d[i][j] * (a.ntk(i, j, p, q) + 4 * a.nngp(i, j, p, q)));
    }
}
