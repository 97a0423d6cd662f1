package dev.jtangents.predict.solver;

import java.util.stream.DoubleStream;

/** What is added to the diagonal of a kernel before it is solved with. */
public interface DiagonalShift {
    /** The number to add, given the mean of the diagonal. */
    double of(double diagonalMean);

    /**
     * What may be added besides, in the order of trials, 0 first, given the mean of the diagonal.
     */
    DoubleStream jitters(double diagonalMean);
}
