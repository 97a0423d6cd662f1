package dev.jtangents.simd;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Loops over cells of displacement planes, whose lanes are pairs of examples side by side: sums and
 * products of runs. All offsets are in elements.
 *
 * <p>Like map loops they work in whole vectors: they may read and overwrite up to {@link
 * Run#PADDING} - 1 elements after a run, which have to be inside the segments and whose values mean
 * nothing.
 *
 * <p>Every method throws {@link IndexOutOfBoundsException} when a run leaves its segment.
 */
public interface LaneLoops {
    /** The most taps of {@link #windowSum}. */
    int TAPS = 3;

    /**
     * A window over three rows of a plane and up to three neighbouring cells, for many rows at
     * once: {@code target[targetOffset + r targetStride + i] = sum over t < taps and k < 3 of
     * source[sourceOffset + rows[3 r + k] + t tapStride + i]}.
     *
     * @param rows three offsets for each row of the target, negative where there is no row
     * @param rowCount the number of rows of the target
     * @param zeros where zeros stand that are read instead of a row that is not there; as many as a
     *     window reads
     * @param taps 1 to {@link #TAPS}
     */
    void windowSum(
            MemorySegment target,
            long targetOffset,
            long targetStride,
            MemorySegment source,
            long sourceOffset,
            long[] rows,
            int rowCount,
            long zeros,
            long tapStride,
            int taps,
            int length);

    /**
     * Sums what the cells of a run see of a window.
     *
     * @throws IndexOutOfBoundsException when the run leaves its memory
     */
    default void sumWindow(PlaneRun run) {
        sumWindow(run, AffineStep.IDENTITY);
    }

    /** The same, with an affine step after the sum, and then {@link PlaneRun#plus}. */
    void sumWindow(PlaneRun run, AffineStep step);

    /** {@code target[i] += source[sourceOffset + i]}. */
    void add(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            int length);

    /**
     * Inner products of one example with many, whose features stand side by side. With e the entry
     * of a cell and n features, its NNGP is {@code sum over c < n of row[rowOffset + e n + c]
     * columns[columnOffset + (e n + c) stride + i]}; the NTK is left as it is.
     *
     * @param run where the results go
     */
    void innerProducts(
            PlaneRun run,
            MemorySegment row,
            long rowOffset,
            MemorySegment columns,
            long columnOffset,
            long stride,
            int features);

    /**
     * Inner products of an example with another in each lane: {@code sum over c < n of
     * rows[rowOffset + (e n + c) stride + i] columns[columnOffset + (e n + c) stride + i]}, with
     * the same results as {@link #innerProducts} where all those of the rows are one.
     *
     * @param run where the results go
     */
    void innerProductsOfPairs(
            PlaneRun run,
            MemorySegment rows,
            long rowOffset,
            MemorySegment columns,
            long columnOffset,
            long stride,
            int features);

    /**
     * Adds cells of one or both kernels, one after another, to others: for each k below count,
     * {@code values[target + to[k] length + i] += weights[k] values[source + k length + i]}, unless
     * {@code to[k]} is negative.
     *
     * @param cells how many there are at the target
     * @param length elements of a cell
     * @throws IndexOutOfBoundsException when cells lie beyond a segment, or one of {@code to}
     *     beyond those of the target: what comes before that one is added
     */
    void scatter(
            MemorySegment nngp,
            @Nullable MemorySegment ntk,
            long target,
            int cells,
            int[] to,
            double[] weights,
            long source,
            int count,
            int length);

    /**
     * Adds the sum of cells, one after another, to another cell: {@code values[target + i] +=
     * weight (sum over k < count of values[source + k length + i])}.
     *
     * @param length elements of a cell
     */
    void addSum(
            MemorySegment values, long target, double weight, long source, int count, int length);

    /** {@code target[i] += weight source[sourceOffset + i]}. */
    void addScaled(
            MemorySegment target,
            long targetOffset,
            double weight,
            MemorySegment source,
            long sourceOffset,
            int length);

    /** {@code target[i] *= factor factors[factorsOffset + i]}. */
    void scale(
            MemorySegment target,
            long targetOffset,
            double factor,
            MemorySegment factors,
            long factorsOffset,
            int length);

    /** {@code target[i] += weight a[aOffset + i] b[bOffset + i]}. */
    void addProducts(
            MemorySegment target,
            long targetOffset,
            double weight,
            MemorySegment a,
            long aOffset,
            MemorySegment b,
            long bOffset,
            int length);
}
