package dev.jtangents.graph;

import dev.jtangents.tensor.Tensor;

/**
 * The examples of one input of one side of a kernel, as a contiguous tensor of (examples,
 * positions, features).
 *
 * @param name what messages call it
 * @param values borrowed: whoever made the batch closes it
 */
public record Batch(String name, Tensor values) {
    public Batch {
        if (values.shape().rank() != 3 || !values.isContiguous()) {
            throw new IllegalArgumentException(
                    "A batch is contiguous, of (examples, positions, features), not "
                            + values.shape());
        }
    }

    long examples() {
        return values.shape().extent(0);
    }

    long positions() {
        return values.shape().extent(1);
    }

    long features() {
        return values.shape().extent(2);
    }

    /** For people: an example. */
    String exampleOf(long row) {
        return "example " + row + " (counted from 0) of " + name;
    }

    /** All features of all positions as those of one: (examples, positions * features). */
    Tensor flat() {
        return values.reshape(examples(), positions() * features());
    }
}
