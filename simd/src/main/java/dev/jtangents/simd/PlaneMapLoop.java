package dev.jtangents.simd;

/**
 * A map loop that goes over all cells of a plane in one call. Some can sum what a window sees in
 * the same pass, so that the sums are never stored.
 */
public interface PlaneMapLoop extends MapLoop {
    /** Whether this step can be taken in the pass; if not, {@link #apply} takes it. */
    boolean takes(AffineStep step);

    /** Whether cells may see a window. */
    boolean sumsWindows();

    /**
     * Applies an affine step and then the map to the cells of a plane, or to what they see.
     *
     * @param run the cells, read and written; they see themselves unless {@link #sumsWindows}
     * @param step applied before the map; {@link #takes} has to hold
     * @param own factors of the example of the first batch
     * @param columns factors of the second batch
     * @param column where the factors of entry 0 of the first of these examples are
     * @throws IndexOutOfBoundsException when the run leaves its memory or a table
     */
    void applyToPlane(
            PlaneRun run, AffineStep step, OwnFactors own, FactorTable columns, long column);

    /**
     * The same for an example of the first batch in each lane, with the same results where they are
     * all one.
     *
     * @param rows factors of the examples of the first batch
     * @param row where the factors of entry 0 of the first of these examples are
     * @throws IndexOutOfBoundsException when the run leaves its memory or a table
     */
    void applyToPlane(
            PlaneRun run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column);
}
