package dev.jtangents.simd;

/**
 * The loops of {@link AbReluLoop} over all cells of a plane, in a copy of their class for each
 * {@link Case}.
 */
interface AbReluPlanes {
    /**
     * What the loops do not ask in each turn.
     *
     * @param withNtk whether there is an NTK
     * @param seesNtk whether the NTK is not 0 before
     * @param withSigns whether correlations below 0 have to be expected
     * @param sums whether cells see a window, of which they take the sum
     * @param laneByLane whether each lane has an example of the first batch to itself
     */
    record Case(
            boolean withNtk,
            boolean seesNtk,
            boolean withSigns,
            boolean sums,
            boolean laneByLane) {}

    /**
     * Applies an affine step and then the map to the cells of a plane, or to what they see.
     *
     * @param arc the factor of the arc function
     * @param line the linear factor, as a multiple of that
     * @param own factors of the example of the first batch, if it is one
     * @param ownNorms the address of the first batch's norms, of entry 0, if lanes have their own
     * @param ownInverses the address of the inverses of these, of entry 0
     * @param norms the address of the second batch's norms, of entry 0
     * @param inverses the address of the inverses of these, of entry 0
     */
    void map(
            PlaneRun run,
            AffineStep step,
            double arc,
            double line,
            OwnFactors own,
            long ownNorms,
            long ownInverses,
            long norms,
            long inverses);
}
