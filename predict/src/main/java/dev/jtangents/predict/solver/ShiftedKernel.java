package dev.jtangents.predict.solver;

import java.util.Arrays;

/**
 * A kernel and what is added to its diagonal.
 *
 * @param jitters what may be added besides, in the order of trials
 */
record ShiftedKernel(KernelOperator kernel, double[] diagonal, double shift, double[] jitters) {
    static ShiftedKernel of(KernelOperator kernel, DiagonalShift shift) {
        double[] diagonal = KernelDiagonal.of(kernel);
        double mean = KernelDiagonal.sum(diagonal) / diagonal.length;
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
