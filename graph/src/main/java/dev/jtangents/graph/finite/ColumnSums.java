package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

/** Adds columns of a tangent kernel, each of one output of one example, to the sums of pairs. */
final class ColumnSums {
    private final OutputPairs pairs;
    private final Tensor sums;
    private final int[] places;

    ColumnSums(OutputPairs pairs, Tensor sums) {
        this.pairs = pairs;
        this.sums = sums;
        this.places = pairs.places();
    }

    /** The number of outputs of an example. */
    int outputs() {
        return places.length;
    }

    /** The place of an output, numbered as {@link OutputPairs} numbers them. */
    int place(int output) {
        return places[output];
    }

    /**
     * Adds what a column has for all examples.
     *
     * @param column (examples, places)
     */
    void add(Tensor column, long example, int output) {
        if (pairs.examplesAlone()) {
            add(column.slice(0, example, example + 1), example, example, output);
        } else {
            add(column, 0, example, output);
        }
    }

    /**
     * Adds what a column has for some examples.
     *
     * @param column (some examples, places)
     * @param from the number of the first of them
     */
    void add(Tensor column, long from, long example, int output) {
        int full = pairs.fullSize();
        int traced = pairs.tracedSize();
        int diagonal = pairs.diagonalSize();
        int g = output / traced % diagonal;
        int t = output % traced;
        int f = output / (traced * diagonal);
        long at = (pairs.examplesAlone() ? 0 : example * full) + f;
        for (long row = 0; row < Rows.count(column) * full; row++) {
            int other = (int) (row % full);
            double value = column.get(row / full, places[(other * diagonal + g) * traced + t]);
            long into = from * full + row;
            sums.set(sums.get(g, into, at) + value / traced, g, into, at);
        }
    }
}
