package dev.jtangents.predict.solver;

import dev.jtangents.tensor.Tensor;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Draws the pivots of a randomly pivoted Cholesky factorisation, each with a probability in
 * proportion to what is left of its diagonal entry. Candidates for a whole block are drawn at once,
 * and those that an earlier one of the block has made improbable are rejected, so that the pivots
 * have the same distribution as if they were drawn one by one (Epperly, Tropp and Webber 2024,
 * arXiv:2410.03969, algorithm 3).
 */
final class PivotSampler {
    /** What is left of a diagonal entry after a pivot on it, in parts of what was there. */
    private static final double ROUNDING = 1e-12;

    private final SplittableRandom random;

    PivotSampler(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /**
     * Draws candidates, the same one maybe more than once.
     *
     * @param rest what is left of the diagonal, not negative, with a positive sum
     */
    long[] candidates(double[] rest, int count) {
        double[] sums = rest.clone();
        for (int i = 1; i < sums.length; i++) {
            sums[i] += sums[i - 1];
        }
        long[] candidates = new long[count];
        for (int i = 0; i < count; i++) {
            double point = random.nextDouble() * sums[sums.length - 1];
            candidates[i] = firstAbove(sums, point);
        }
        return candidates;
    }

    /** The first index whose sum is above a point below the last sum: its summand is positive. */
    private static int firstAbove(double[] sums, double point) {
        int low = 0;
        int high = sums.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sums[middle] > point) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /**
     * Which candidates are pivots.
     *
     * @param schur what is left of the kernel between the candidates; overwritten
     * @param most at most so many are accepted
     * @return their numbers among the candidates, increasing
     */
    int[] accepted(Tensor schur, int most) {
        int count = Math.toIntExact(schur.shape().extent(0));
        double[] before = new double[count];
        for (int i = 0; i < count; i++) {
            before[i] = schur.get(i, i);
        }
        int[] accepted = new int[count];
        int size = 0;
        for (int i = 0; i < count && size < most; i++) {
            double pivot = schur.get(i, i);
            double chance = random.nextDouble();
            if (pivot > ROUNDING * before[i] && chance * before[i] < pivot) {
                accepted[size++] = i;
                eliminate(schur, i);
            }
        }
        return Arrays.copyOf(accepted, size);
    }

    private static void eliminate(Tensor schur, int pivot) {
        int count = Math.toIntExact(schur.shape().extent(0));
        for (int i = pivot + 1; i < count; i++) {
            double factor = schur.get(i, pivot) / schur.get(pivot, pivot);
            for (int j = pivot + 1; j < count; j++) {
                schur.set(schur.get(i, j) - factor * schur.get(pivot, j), i, j);
            }
        }
    }
}
