package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

/** A matrix that is added to. As long as nothing has been, what it holds does not matter. */
final class Sum {
    private final Tensor matrix;
    private boolean empty;

    private Sum(Tensor matrix, boolean empty) {
        this.matrix = matrix;
        this.empty = empty;
    }

    /** A sum of nothing yet. */
    static Sum empty(Tensor matrix) {
        return new Sum(matrix, true);
    }

    /** A sum that goes on from what a matrix holds. */
    static Sum from(Tensor matrix) {
        return new Sum(matrix, false);
    }

    /** The sum so far, to be read or added to. */
    Tensor matrix() {
        if (empty) {
            matrix.segment().fill((byte) 0);
            empty = false;
        }
        return matrix;
    }

    /**
     * The matrix for a product that writes all of it, and is to keep what is there unless {@link
     * #keep} was 0.
     */
    Tensor written() {
        empty = false;
        return matrix;
    }

    /** What a product multiplies what is there by before it adds: 0 when that does not matter. */
    double keep() {
        return empty ? 0 : 1;
    }
}
