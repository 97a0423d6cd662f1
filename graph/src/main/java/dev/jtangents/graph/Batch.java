package dev.jtangents.graph;

import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

/**
 * The examples of one side of a kernel, as a contiguous tensor of (examples, positions, features).
 *
 * @param values borrowed: whoever made the batch closes it
 */
public record Batch(Tensor values) {
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

    /** Features of one position of every example: (examples, features), rows apart. */
    Tensor atPosition(long position) {
        return values.reshape(examples(), positions() * features())
                .slice(1, position * features(), (position + 1) * features());
    }

    /** Every position of every example as a row of its own: (examples * positions, features). */
    Batch flattened() {
        return new Batch(values.reshape(examples() * positions(), 1, features()));
    }

    /** The rows from one to another, as a batch that borrows from this one. */
    Batch slice(long from, long to) {
        return new Batch(values.slice(0, from, to));
    }

    Shape shape() {
        return values.shape();
    }
}
