package dev.jtangents.predict;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.InputException;

import java.util.Locale;

/**
 * What memory a request to an ensemble takes, in f64, so that one that does not fit is refused
 * before any work. What the kernel function takes while it computes does not count.
 *
 * @param budget in bytes
 * @param train the rows of the training set
 * @param columns the number of outputs along traced axes
 * @param kernels how many kernels are kept
 * @param inferences how many distributions are asked for, each with a factor or a spectrum
 * @param times at how many times; 0 for the infinite one
 */
record EnsembleMemory(
        long budget, long train, long columns, int kernels, int inferences, long times) {
    /** More test examples at a time would make nothing faster. */
    private static final long MOST = 2048;

    /** The matrices of LAPACK's workspace for eigenvectors. */
    private static final int EIGEN_WORKSPACE = 2;

    /**
     * How many of the test examples are taken at a time for their means.
     *
     * @param count of the test examples
     * @param rows of the kernel for each of them
     * @throws InputException when the budget does not suffice for one
     */
    long testExamplesAtATime(long count, long rows) {
        double kept = kept() + results(count * rows, false);
        double each = rows * (2 * kernels * bytes(train, 1) + 2 * results(1, false));
        require(kept + each);
        return (long) Math.max(1, Math.min(MOST, (budget - kept) / each));
    }

    /**
     * On how many threads the covariances between these rows of a test set, and the means, fit.
     *
     * @throws InputException when they do not fit on one
     */
    int testCovarianceThreads(double rows) {
        double cross = (2.0 * kernels + 2) * bytes(rows, train);
        double fixed = kept() + rotated() + cross + 4 * bytes(rows, rows) + results(rows, true);
        return threads(fixed, 2 * bytes(rows, train) + bytes(rows, rows));
    }

    /**
     * On how many threads the covariances of the training set, and the means, fit.
     *
     * @throws InputException when they do not fit on one
     */
    int trainingCovarianceThreads() {
        return threads(kept() + rotated() + results(train, true), 5 * bytes(train, train));
    }

    private int threads(double fixed, double each) {
        require(fixed + each);
        int cores = WorkerPool.ofCores().threads();
        return (int) Math.clamp((budget - fixed) / each, 1, cores);
    }

    /**
     * Checks that the means of the training set fit.
     *
     * @throws InputException when they do not
     */
    void requireTraining() {
        require(kept() + results(train, false));
    }

    /** The kernels, what solves with them, and the weights of the means. */
    private double kept() {
        return (kernels + inferences) * bytes(train, train) + results(train, false);
    }

    /** The covariance before training, in an eigenbasis. */
    private double rotated() {
        return times > 0 ? bytes(train, train) : 0;
    }

    private double results(double rows, boolean withCovariance) {
        double each = bytes(rows, columns) + (withCovariance ? bytes(rows, rows) : 0);
        return inferences * Math.max(1, times) * each;
    }

    /** While the kernels come, and while they are decomposed, there is more of them. */
    private double making() {
        int decomposing = kernels + inferences * (1 + (times > 0 ? EIGEN_WORKSPACE : 0));
        return Math.max(2 * kernels, decomposing) * bytes(train, train);
    }

    private void require(double bytes) {
        double most = Math.max(bytes, making());
        if (most > budget) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "An ensemble of %d training outputs takes %.3g GB for what is asked"
                                    + " for, and the memory budget is %.3g GB: raise memory, ask"
                                    + " for fewer times or without covariances, or use"
                                    + " kernelRegression.",
                            train,
                            most / 1e9,
                            budget / 1e9));
        }
    }

    private static double bytes(double rows, double columns) {
        return Double.BYTES * rows * columns;
    }
}
