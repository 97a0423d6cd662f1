package dev.jtangents.graph;

/** Sums of cells, collected so that one call of a loop adds many of them. */
final class Additions {
    private static final int MOST = 1024;

    private final StripMemory memory;
    private final long[] to = new long[MOST];
    private final double[] weights = new double[MOST];
    private final long[] from = new long[MOST];
    private int count;

    Additions(StripMemory memory) {
        this.memory = memory;
    }

    /** {@code target += weight source}, later. */
    void add(long target, double weight, long source) {
        if (count == MOST) {
            finish();
        }
        to[count] = target;
        weights[count] = weight;
        from[count] = source;
        count++;
    }

    /** Adds all that was collected, in that order. */
    void finish() {
        memory.scatter(to, weights, from, count);
        count = 0;
    }
}
