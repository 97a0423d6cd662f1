package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How a training set is cut into minibatches: shuffled, a batch after the other, again. */
record Minibatches(int size, long seed) {
    /**
     * The batches of a training set, without end.
     *
     * @throws InputException when it has fewer examples than one batch
     */
    TrainingBatches of(TrainingSet set) {
        int examples = set.examples();
        if (size > examples) {
            throw new InputException(
                    "The minibatches are of "
                            + size
                            + " examples, but the training set has "
                            + examples
                            + ".");
        }
        return size == examples ? set::all : new Shuffled(set, examples);
    }

    private final class Shuffled implements TrainingBatches {
        private final TrainingSet set;
        private final List<Integer> order;
        private final RandomGenerator random = Network.generator(seed);
        private int taken;

        Shuffled(TrainingSet set, int examples) {
            this.set = set;
            this.order =
                    IntStream.range(0, examples)
                            .boxed()
                            .collect(Collectors.toCollection(ArrayList::new));
        }

        @Override
        public TrainingBatch next() {
            int from = taken % order.size();
            if (from == 0) {
                Collections.shuffle(order, random);
            }
            int to = Math.min(from + size, order.size());
            taken = to;
            return set.of(order.subList(from, to));
        }
    }
}
