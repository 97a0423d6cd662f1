package dev.jtangents.examples;

import java.util.stream.IntStream;

/**
 * The steps of a training after which it is looked at: 0, and from 1 on ever more apart.
 *
 * @param numbers in increasing order
 */
record Steps(int[] numbers) {
    private static final double FACTOR = 1.25;

    /** Up to a last step. */
    static Steps to(int last) {
        return new Steps(
                IntStream.concat(
                                IntStream.of(0, last),
                                IntStream.iterate(
                                        1,
                                        step -> step < last,
                                        step -> (int) Math.ceil(FACTOR * step)))
                        .sorted()
                        .distinct()
                        .toArray());
    }

    int last() {
        return numbers[numbers.length - 1];
    }

    boolean contains(int number) {
        return IntStream.of(numbers).anyMatch(one -> one == number);
    }

    double[] asTimes() {
        return IntStream.of(numbers).asDoubleStream().toArray();
    }
}
