package dev.jtangents.graph.finite;

/**
 * The tiles that all pairs of examples are computed in, one below the other. They depend on the
 * numbers of examples alone, so that threads do not change a bit.
 *
 * @param same whether both batches are one: then only what is on and above the diagonal of tiles is
 *     computed
 * @param full rows of an example
 */
record PairTiles(long rows, long columns, boolean same, int full) {
    /** The most examples that a worker takes at a time. */
    static final long MOST_EXAMPLES = 32;

    /** The tiles that are made even of few examples, so that threads share them evenly. */
    private static final long FEWEST = 4;

    private long size() {
        return Math.clamp(Math.ceilDiv(rows, FEWEST), 1, MOST_EXAMPLES);
    }

    long count() {
        return Math.ceilDiv(rows, size());
    }

    PairTile tile(long number) {
        long from = number * size();
        return new PairTile(from, Math.min(rows, from + size()), same ? from : 0, columns, full);
    }
}
