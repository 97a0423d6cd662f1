package dev.jtangents.graph.finite;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

/** A value of a finite program under construction; {@link FiniteBuilder} makes it. */
public final class Value {
    private final FiniteBuilder owner;
    private final int node;
    private final Shape shape;

    Value(FiniteBuilder owner, int node, Shape shape) {
        this.owner = owner;
        this.node = node;
        this.shape = shape;
    }

    /** Its shape for one example, without a batch axis. */
    public Shape shape() {
        return shape;
    }

    /** The number of the node that makes it, in the program of a builder. */
    int nodeIn(FiniteBuilder builder) {
        if (builder != owner) {
            throw new InputException(
                    "A value of shape " + shape + " belongs to another program than this one.");
        }
        return node;
    }

    @Override
    public String toString() {
        return "value " + node + " of shape " + shape;
    }
}
