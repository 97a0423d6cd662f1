package dev.jtangents.graph;

import dev.jtangents.tensor.Tensor;

/**
 * The examples of one side of a kernel, as a contiguous tensor of (rows, positions, features).
 *
 * @param name what messages call it
 * @param values borrowed: whoever made the batch closes it
 * @param firstRow how many rows of the users' array are before these
 * @param rowsPerExample how many rows are one example of the user's: 1 unless positions are rows
 */
public record Batch(String name, Tensor values, long firstRow, long rowsPerExample) {
    public Batch {
        if (values.shape().rank() != 3 || !values.isContiguous()) {
            throw new IllegalArgumentException(
                    "A batch is contiguous, of (examples, positions, features), not "
                            + values.shape());
        }
    }

    /** Whole examples: a contiguous tensor of (examples, positions, features). */
    public Batch(String name, Tensor values) {
        this(name, values, 0, 1);
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

    /** For people: the example that a row belongs to. */
    String exampleOf(long row) {
        return "example " + (firstRow + row) / rowsPerExample + " (counted from 0) of " + name;
    }

    /** Features of one position of every example: (examples, features), rows apart. */
    Tensor atPosition(long position) {
        return values.reshape(examples(), positions() * features())
                .slice(1, position * features(), (position + 1) * features());
    }

    /** Every position of every example as a row of its own: (examples * positions, features). */
    Batch flattened() {
        return new Batch(
                name,
                values.reshape(examples() * positions(), 1, features()),
                firstRow * positions(),
                rowsPerExample * positions());
    }

    /** The rows from one to another, as a batch that borrows from this one. */
    Batch slice(long from, long to) {
        return new Batch(name, values.slice(0, from, to), firstRow + from, rowsPerExample);
    }
}
