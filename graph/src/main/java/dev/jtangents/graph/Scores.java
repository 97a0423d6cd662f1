package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Attention;

/** The matrices of attention, from an example's covariance with itself. */
final class Scores {
    private Scores() {}

    /** Scores of queries (rows) and keys (columns) after what attention applies to them. */
    static double[] of(
            Attention attention, double[] covariance, int positions, Side side, long example) {
        double[] scores = new double[covariance.length];
        for (int entry = 0; entry < scores.length; entry++) {
            boolean present = isPresent(attention, side, example, entry % positions);
            double score = attention.scale() * covariance[entry];
            scores[entry] =
                    switch (attention.scores()) {
                        case SOFTMAX -> present ? score : Double.NEGATIVE_INFINITY;
                        case IDENTITY -> present ? score : 0;
                        case ABS -> present ? Math.abs(score) : 0;
                        case RELU -> present ? Math.max(score, 0) : 0;
                    };
        }
        if (attention.scores() == AttentionScores.SOFTMAX) {
            for (int row = 0; row < positions; row++) {
                softmax(scores, row * positions, positions);
            }
        }
        return scores;
    }

    private static boolean isPresent(Attention attention, Side side, long example, int key) {
        PerExample present = attention.present();
        return present == null || present.get(side, example, key) != 0;
    }

    /** Where every key is masked all count alike. */
    private static void softmax(double[] scores, int start, int length) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = start; i < start + length; i++) {
            largest = Math.max(largest, scores[i]);
        }
        double sum = 0;
        for (int i = start; i < start + length; i++) {
            boolean none = largest == Double.NEGATIVE_INFINITY;
            scores[i] = none ? 1 : Math.exp(scores[i] - largest);
            sum += scores[i];
        }
        for (int i = start; i < start + length; i++) {
            scores[i] /= sum;
        }
    }
}
