package dev.jtangents.predict.solver;

import dev.jtangents.tensor.InputException;

import java.util.Arrays;

/**
 * A kernel and what is added to its diagonal.
 *
 * @param jitters what may be added besides, in the order of trials
 */
record ShiftedKernel(KernelOperator kernel, double[] diagonal, double shift, double[] jitters) {
    /** Kernels of this scale, and their inverses, have squares that neither overflow nor vanish. */
    private static final double LARGEST = 1e100;

    /**
     * A kernel with its diagonal.
     *
     * @throws InputException when the diagonal has an entry that is negative or not finite, or is
     *     too large or too small for sums of squares
     */
    static ShiftedKernel of(KernelOperator kernel, DiagonalShift shift) {
        double[] diagonal = KernelDiagonal.of(kernel);
        double mean = KernelDiagonal.sum(diagonal) / diagonal.length;
        if (mean > LARGEST || (mean > 0 && mean < 1 / LARGEST)) {
            throw new InputException(
                    "The mean of the kernel's diagonal is "
                            + mean
                            + "; these solvers need one between 1e-100 and 1e100: rescale the"
                            + " kernel, or use gradientDescentMse or gpInference.");
        }
        return new ShiftedKernel(kernel, diagonal, shift.of(mean), shift.jitters(mean).toArray());
    }

    double mean() {
        return KernelDiagonal.sum(diagonal) / diagonal.length;
    }

    double largest() {
        return Arrays.stream(diagonal).max().orElse(0);
    }

    /** At least the norm of the kernel with this on its diagonal. */
    double normBound(double added) {
        return KernelDiagonal.sum(diagonal) + added;
    }
}
