package dev.jtangents.graph.finite;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Which pairs of outputs an empirical kernel has. Each axis of an output occurs twice in the
 * kernel, both occurrences side by side, unless it is <em>diagonal</em>: then only equal places are
 * paired, and it occurs once; or <em>traced</em>: then the mean over equal places is taken.
 *
 * <p>The outputs of one example are numbered (full, diagonal, traced): those that are paired with
 * each other, for each place of the diagonal axes, of which the mean over the traced ones is taken.
 */
public final class OutputPairs {
    private final Shape shape;
    private final int batchAxis;
    private final List<Integer> traced;
    private final List<Integer> diagonal;
    private final List<Integer> full;

    private OutputPairs(
            Shape shape,
            int batchAxis,
            List<Integer> traced,
            List<Integer> diagonal,
            List<Integer> full) {
        this.shape = shape;
        this.batchAxis = batchAxis;
        this.traced = traced;
        this.diagonal = diagonal;
        this.full = full;
    }

    /**
     * The pairs of an output.
     *
     * @param shape of the output, of all examples
     * @param batchAxis the axis of examples in it
     * @param traceAxes negative ones count from the end
     * @param diagonalAxes in the same way
     * @throws InputException when an axis does not exist or is named twice
     */
    public static OutputPairs of(
            Shape shape, int batchAxis, List<Integer> traceAxes, List<Integer> diagonalAxes) {
        List<Integer> traced = traceAxes.stream().map(shape::axis).sorted().toList();
        List<Integer> diagonal = diagonalAxes.stream().map(shape::axis).sorted().toList();
        List<Integer> named = new ArrayList<>(traced);
        named.addAll(diagonal);
        if (named.stream().distinct().count() != named.size()) {
            throw new InputException(
                    "Trace axes "
                            + traceAxes
                            + " and diagonal axes "
                            + diagonalAxes
                            + " of an output of shape "
                            + shape
                            + " name an axis twice.");
        }
        return new OutputPairs(
                shape,
                shape.axis(batchAxis),
                traced,
                diagonal,
                IntStream.range(0, shape.rank())
                        .filter(axis -> !named.contains(axis))
                        .boxed()
                        .toList());
    }

    /** Whether only examples of one number are paired: the batch axis is diagonal or traced. */
    boolean examplesAlone() {
        return !full.contains(batchAxis);
    }

    private boolean meanOfExamples() {
        return traced.contains(batchAxis);
    }

    private Shape extents(List<Integer> axes) {
        return Shape.of(
                axes.stream().filter(axis -> axis != batchAxis).mapToLong(shape::extent).toArray());
    }

    /** The number of outputs of an example. */
    long outputs() {
        return shape.without(batchAxis).size();
    }

    /** How many outputs are paired with each other. */
    int fullSize() {
        return Math.toIntExact(extents(full).size());
    }

    /** The number of places of the diagonal axes. */
    int diagonalSize() {
        return Math.toIntExact(extents(diagonal).size());
    }

    /** The number of places of the traced axes. */
    int tracedSize() {
        return Math.toIntExact(extents(traced).size());
    }

    /** For each output, numbered as above, its place in the example's output in row-major order. */
    int[] places() {
        List<Integer> order = new ArrayList<>(full);
        order.addAll(diagonal);
        order.addAll(traced);
        order.remove((Integer) batchAxis);
        int[] axes = order.stream().mapToInt(axis -> axis < batchAxis ? axis : axis - 1).toArray();
        Shape example = shape.without(batchAxis);
        long[] strides = example.rowMajorStrides();
        int[] places = new int[Math.toIntExact(example.size())];
        for (int i = 0; i < places.length; i++) {
            long rest = i;
            long place = 0;
            for (int k = axes.length - 1; k >= 0; k--) {
                place += rest % example.extent(axes[k]) * strides[axes[k]];
                rest /= example.extent(axes[k]);
            }
            places[i] = Math.toIntExact(place);
        }
        return places;
    }

    /**
     * Where a kernel is summed: for each diagonal place a matrix (examples x full, examples x
     * full), or (examples x full, full) where examples are paired alone.
     */
    Tensor sums(DType dtype, long rows, long columns) {
        return Tensor.allocate(
                dtype,
                Shape.of(
                        diagonalSize(),
                        rows * fullSize(),
                        (examplesAlone() ? 1 : columns) * fullSize()));
    }

    /** The kernel of what was summed: its axes in the order of the output's. */
    Tensor kernel(Tensor sums, long rows, long columns) {
        Tensor parts =
                sums.reshape(
                        concatenated(
                                extents(diagonal).extents(),
                                new long[] {rows},
                                extents(full).extents(),
                                examplesAlone() ? new long[0] : new long[] {columns},
                                extents(full).extents()));
        Tensor ordered = parts.transpose(order());
        Tensor kernel = ordered.copy(sums.dtype());
        return meanOfExamples() ? meanOverFirst(kernel) : kernel;
    }

    private static long[] concatenated(long[]... parts) {
        return Stream.of(parts).flatMapToLong(LongStream::of).toArray();
    }

    /** The axes of the parts in the order of the kernel; a mean over examples takes the first. */
    private int[] order() {
        int diagonals = extents(diagonal).rank();
        int fulls = extents(full).rank();
        List<Integer> order = new ArrayList<>();
        if (meanOfExamples()) {
            order.add(diagonals);
        }
        int second = diagonals + 1 + fulls;
        int nextDiagonal = 0;
        int nextFull = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (axis == batchAxis) {
                if (!meanOfExamples()) {
                    order.add(diagonals);
                }
                if (!examplesAlone()) {
                    order.add(second);
                }
            } else if (full.contains(axis)) {
                order.add(diagonals + 1 + nextFull);
                order.add(second + (examplesAlone() ? 0 : 1) + nextFull);
                nextFull++;
            } else if (diagonal.contains(axis)) {
                order.add(nextDiagonal++);
            }
        }
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private static Tensor meanOverFirst(Tensor kernel) {
        try (kernel) {
            long examples = kernel.shape().extent(0);
            Shape rest = kernel.shape().without(0);
            Tensor mean = Tensor.allocate(kernel.dtype(), rest);
            Rows.addScaled(
                    mean.reshape(1, rest.size()),
                    kernel.reshape(examples, rest.size()),
                    1.0 / examples);
            return mean;
        }
    }
}
