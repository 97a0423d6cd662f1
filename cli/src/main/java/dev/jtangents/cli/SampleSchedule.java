package dev.jtangents.cli;

import dev.jtangents.layers.MonteCarloEstimate;
import dev.jtangents.layers.MonteCarloKernels;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * After how many samples a Monte Carlo run stops to look at its estimate.
 *
 * @param counts the numbers of samples, increasing
 * @param shown those that the user is to see; at others the run only tells how far it is
 * @param tolerance the relative standard error that ends the run, or 0
 */
record SampleSchedule(List<Integer> counts, Set<Integer> shown, double tolerance) {
    private static final int STEPS_OF_PROGRESS = 100;

    /** Estimates of these numbers of samples. */
    static SampleSchedule counts(int[] shown, int threads) {
        int last = Arrays.stream(shown).max().orElseThrow();
        long rounds = Math.max(1, last / STEPS_OF_PROGRESS / threads);
        IntStream between =
                IntStream.iterate(1, i -> i * rounds * threads < last, i -> i + 1)
                        .map(i -> (int) (i * rounds * threads));
        return new SampleSchedule(
                IntStream.concat(Arrays.stream(shown), between)
                        .sorted()
                        .distinct()
                        .boxed()
                        .toList(),
                Arrays.stream(shown).boxed().collect(Collectors.toSet()),
                0);
    }

    /** Estimates of more and more samples, until one is good enough, or of so many at most. */
    static SampleSchedule tolerance(double tolerance, int most) {
        List<Integer> counts = Arrays.stream(MonteCarloKernels.looks(most)).boxed().toList();
        return new SampleSchedule(counts, Set.copyOf(counts), tolerance);
    }

    /** The largest number of samples. */
    int last() {
        return counts.getLast();
    }

    /** Whether the run ends when its estimate is good enough. */
    boolean hasTolerance() {
        return tolerance > 0;
    }

    /** Whether an estimate is to be shown. */
    boolean shows(MonteCarloEstimate estimate) {
        return shown.contains(estimate.samples());
    }

    /** Whether there is a tolerance, and an estimate keeps to it. */
    boolean isReachedBy(MonteCarloEstimate estimate) {
        return hasTolerance() && estimate.isWithin(tolerance);
    }
}
