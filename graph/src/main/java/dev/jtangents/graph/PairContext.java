package dev.jtangents.graph;

import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.simd.PlaneRun;

/**
 * What depends on whose pairs the lanes of a strip are: many examples with one, with one another,
 * or each with itself. Offsets are elements of the strip's memory.
 */
interface PairContext {
    /** Computes a plane of a given kernel, or the NNGP of one of an input, whose NTK is 0. */
    void read(CovarianceOp op, Step step, long target);

    /** Applies a nonlinearity to a plane, which may be the target itself. */
    void map(CovarianceOp.Nonlinearity op, Step step, long source, long target);

    /**
     * Sums what a window sees and applies a nonlinearity, in one pass, if there is a loop for it.
     *
     * @param run what the window sees
     * @param target where the plane goes
     * @return whether this is done
     */
    default boolean mapInWindow(
            CovarianceOp.Nonlinearity op, Step step, PlaneRun run, long target) {
        return false;
    }

    /** Multiplies a plane by constants of both examples, in place. */
    void scale(CovarianceOp.Scaling op, Step step, long target);

    /** Divides a plane by mean variances, in place. */
    void normalize(CovarianceOp.Normalization op, Step step, long target);

    /** Divides what is an example with itself by the rate of keeping, in place. */
    void dropout(CovarianceOp.Dropout op, Step step, long target);

    /** Makes the matrices of attention or mixing ready. */
    void prepareMatrices(int node);

    /** {@code target += M1(out, in) source}, with the first example's matrix. */
    void addLeft(int node, int out, int in, long target, long source);

    /** {@code target += M2(out, in) source}, with the second example's matrix. */
    void addRight(int node, int out, int in, long target, long source);
}
