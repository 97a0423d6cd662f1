package dev.jtangents.graph;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * A kernel that has been computed before and that a program goes on from; all tensors are borrowed
 * and contiguous.
 *
 * @param nngp (N1, N2, H, H, W, W, ...)
 * @param ntk the same shape, or null where it is 0
 * @param cov1 (N1, H, H, W, W, ...)
 * @param cov2 (N2, H, H, W, W, ...), or null where both batches are one
 * @param extents the spatial extents (H, W, ...)
 */
public record GivenKernel(
        Tensor nngp, @Nullable Tensor ntk, Tensor cov1, @Nullable Tensor cov2, Extents extents) {
    /** How much larger than its bound a covariance may be, relatively. */
    private static final double ROUNDING = 1e-3;

    long examples(Side side) {
        return nngp.shape().extent(side == Side.FIRST ? 0 : 1);
    }

    private long pair(int p, int q) {
        int[] left = extents.coordinates(p);
        int[] right = extents.coordinates(q);
        long pair = 0;
        for (int axis = 0; axis < left.length; axis++) {
            long size = extents.size(axis);
            pair = (pair * size + left[axis]) * size + right[axis];
        }
        return pair;
    }

    private long pairs() {
        return (long) extents.positions() * extents.positions();
    }

    private static double read(Tensor tensor, long index) {
        return tensor.dtype().read(tensor.segment(), index);
    }

    /**
     * The covariance of two examples.
     *
     * @throws InputException when their variances allow none so large, beyond rounding
     */
    double nngp(long i, long j, int p, int q) {
        double covariance = read(nngp, (i * nngp.shape().extent(1) + j) * pairs() + pair(p, q));
        double first = self(Side.FIRST, i, p, p);
        double second = self(Side.SECOND, j, q, q);
        double most = Math.sqrt(first) * Math.sqrt(second);
        if (Math.abs(covariance) > most * (1 + ROUNDING)) {
            throw new InputException(
                    "The kernel to go on from has a covariance of "
                            + covariance
                            + " between example "
                            + i
                            + " of the first batch and example "
                            + j
                            + " of the second (counted from 0), whose variances of "
                            + first
                            + " and "
                            + second
                            + " allow at most "
                            + most
                            + ": give the covariances of one network, nngp with its own cov1 and"
                            + " cov2.");
        }
        return covariance;
    }

    double ntk(long i, long j, int p, int q) {
        return ntk == null ? 0 : read(ntk, (i * nngp.shape().extent(1) + j) * pairs() + pair(p, q));
    }

    /** The covariance of an example with itself. */
    double self(Side side, long example, int p, int q) {
        Tensor covariance = side == Side.SECOND && cov2 != null ? cov2 : cov1;
        return read(covariance, example * pairs() + pair(p, q));
    }
}
