package dev.jtangents.simd;

/** The loop of one bivariate map, for one dtype. Stateless: any number of threads may share it. */
public interface MapLoop {
    /** Whether it has no vectors, and computes entries one by one by the map's definition. */
    default boolean isScalar() {
        return false;
    }

    /** The number of factors that {@link #prepare} makes of an example's variance. */
    int factors();

    /** Turns the variance of one example, as it enters the map, into the factors of this loop. */
    void prepare(double variance, double[] factors);

    /**
     * Turns the variances of many examples into the factors of this loop.
     *
     * @param factors takes for each factor those of all examples
     */
    default void prepare(double[] variances, double[][] factors, int count) {
        double[] made = new double[factors()];
        for (int example = 0; example < count; example++) {
            prepare(variances[example], made);
            for (int factor = 0; factor < made.length; factor++) {
                factors[factor][example] = made[factor];
            }
        }
    }

    /**
     * Applies an affine step and then the map to a run: covariances of example {@code row} with the
     * examples from {@code column} on. The factors of each further cell of the run are a cell step
     * of their table further.
     *
     * @param run the entries, transformed in place
     * @param step applied to each entry before the map, in the same pass
     * @param rows factors of the first batch
     * @param row where the factors of entry 0 of the example are
     * @param columns factors of the second batch
     * @param column where the factors of entry 0 of the first of these examples are
     */
    void apply(
            Run run, AffineStep step, FactorTable rows, long row, FactorTable columns, long column);
}
