package dev.jtangents.predict;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How arrays of outputs and kernels become matrices, and back.
 *
 * <p>The axes of the labels are kept or traced. Outputs become a matrix with one row for each index
 * along the kept axes and one column for each along the traced ones. A kernel pairs the kept axes,
 * (N1, N2, P1, P2, ...), and becomes a matrix with rows (N1, P1, ...) and columns (N2, P2, ...).
 * The shape of the kept axes is called the rows of a set of examples.
 */
final class KernelAxes {
    private final Shape labels;
    private final int[] kept;
    private final int[] traced;

    private KernelAxes(Shape labels, int[] kept, int[] traced) {
        this.labels = labels;
        this.kept = kept;
        this.traced = traced;
    }

    static KernelAxes of(Shape labels, int... traceAxes) {
        if (labels.size() == 0) {
            throw new InputException("y_train of shape " + labels + " is empty.");
        }
        boolean[] isTraced = new boolean[labels.rank()];
        for (int axis : traceAxes) {
            if (axis < -labels.rank() || axis >= labels.rank()) {
                throw new InputException(
                        "Trace axis "
                                + axis
                                + " does not exist in y_train of shape "
                                + labels
                                + ".");
            }
            isTraced[labels.axis(axis)] = true;
        }
        return new KernelAxes(
                labels,
                IntStream.range(0, labels.rank()).filter(axis -> !isTraced[axis]).toArray(),
                IntStream.range(0, labels.rank()).filter(axis -> isTraced[axis]).toArray());
    }

    /** The shape of the labels. */
    Shape labels() {
        return labels;
    }

    /** The kept extents of the training set. */
    Shape trainRows() {
        return Shape.of(extents(kept));
    }

    /**
     * The axis of the outputs that counts examples: the first that is kept.
     *
     * @throws InputException when none is
     */
    int examplesAxis() {
        if (kept.length == 0) {
            throw new InputException(
                    described() + " have no axis of examples that is kept: trace fewer axes.");
        }
        return kept[0];
    }

    /** The number of training examples; one where every axis is traced. */
    long trainExamples() {
        return kept.length == 0 ? 1 : labels.extent(kept[0]);
    }

    /** The kept extents of the test set, from its kernel with the training set. */
    Shape testRows(Tensor kernel, String name) {
        Shape shape = kernel.shape();
        if (shape.rank() == 2 * kept.length) {
            Shape rows = Shape.of(everyOther(shape, 0));
            requireShape(kernel, name, paired(rows, trainRows()));
            if (rows.size() == 0) {
                throw new InputException(name + " of shape " + shape + " has no test examples.");
            }
            return rows;
        }
        throw new InputException(
                name
                        + " of shape "
                        + shape
                        + " has "
                        + shape.rank()
                        + " axes; "
                        + described()
                        + " need "
                        + 2 * kept.length
                        + ": the test set's and the training set's in pairs.");
    }

    /** The symmetric matrix of a kernel between training examples. */
    Tensor trainMatrix(Arena arena, Tensor kernel, String name) {
        requireShape(kernel, name, paired(trainRows(), trainRows()));
        return symmetricMatrix(arena, kernel, name);
    }

    /** The matrix of a kernel between the examples of these rows and the training examples. */
    Tensor testTrainMatrix(Arena arena, Tensor kernel, Shape rows, String name) {
        requireShape(kernel, name, paired(rows, trainRows()));
        return matrix(arena, kernel, name);
    }

    /** The symmetric matrix of a kernel between the examples of these rows. */
    Tensor testTestMatrix(Arena arena, Tensor kernel, Shape rows, String name) {
        requireShape(kernel, name, paired(rows, rows));
        return symmetricMatrix(arena, kernel, name);
    }

    /** The symmetric matrix of a kernel of which nothing is known but that axes come in pairs. */
    static Tensor squareMatrix(Arena arena, Tensor kernel, String name) {
        Shape shape = kernel.shape();
        if (shape.rank() == 0
                || shape.rank() % 2 != 0
                || shape.size() == 0
                || !Arrays.equals(everyOther(shape, 0), everyOther(shape, 1))) {
            throw new InputException(
                    name
                            + " of shape "
                            + shape
                            + " is not square; its axes must come in equal pairs, (N, N) or (N, N,"
                            + " O, O).");
        }
        return symmetricMatrix(arena, kernel, name);
    }

    private static Tensor symmetricMatrix(Arena arena, Tensor kernel, String name) {
        Tensor matrix = matrix(arena, kernel, name);
        Checks.symmetric(matrix, name);
        return matrix;
    }

    private static Tensor matrix(Arena arena, Tensor kernel, String name) {
        Tensor apart = kernel.transpose(unzipped(0, kernel.shape().rank() / 2));
        long rows = Shape.of(everyOther(kernel.shape(), 0)).size();
        Tensor matrix = Matrices.zeros(arena, rows, kernel.size() / rows);
        Matrices.assign(matrix.reshape(apart.shape().extents()), apart);
        Checks.finite(matrix, kernel, name);
        return matrix;
    }

    /** The shape of outputs on the examples of these rows. */
    Shape outputShape(Shape rows) {
        long[] extents = labels.extents();
        for (int i = 0; i < kept.length; i++) {
            extents[kept[i]] = rows.extent(i);
        }
        return Shape.of(extents);
    }

    /** The matrix of outputs on the examples of these rows. */
    Tensor outputMatrix(Arena arena, Tensor outputs, Shape rows, String name) {
        if (!outputs.shape().equals(outputShape(rows))) {
            throw new InputException(
                    name
                            + " has shape "
                            + outputs.shape()
                            + "; the outputs there have shape "
                            + outputShape(rows)
                            + ".");
        }
        Tensor sorted = outputs.transpose(keptThenTraced(0));
        Tensor matrix = emptyOutputMatrix(arena, rows);
        matrix.reshape(sorted.shape().extents()).assign(sorted);
        Checks.finite(matrix, outputs, name);
        return matrix;
    }

    /** A view of the matrix of outputs on the examples of these rows, with the axes of outputs. */
    Tensor asOutputs(Tensor matrix, Shape rows) {
        int[] sorted = keptThenTraced(0);
        int[] back = new int[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
            back[sorted[i]] = i;
        }
        return matrix.reshape(joined(rows, Shape.of(extents(traced))).extents()).transpose(back);
    }

    /** A matrix of zeros for outputs on the examples of these rows. */
    Tensor emptyOutputMatrix(Arena arena, Shape rows) {
        return Matrices.zeros(arena, rows.size(), Shape.of(extents(traced)).size());
    }

    /** Output matrices of all times, side by side in one matrix, as the array of outputs. */
    Tensor outputs(Arena arena, Shape time, Shape rows, Tensor sideBySide) {
        Checks.finiteResult(sideBySide, "The prediction");
        Shape shape = outputShape(rows);
        Tensor outputs = Tensor.allocate(arena, DType.F64, joined(time, shape));
        Shape times = Shape.of(time.size());
        Tensor from =
                sideBySide.reshape(
                        joined(joined(rows, times), Shape.of(extents(traced))).extents());
        int[] timeFirst =
                IntStream.range(0, from.shape().rank())
                        .map(i -> i == 0 ? kept.length : i <= kept.length ? i - 1 : i)
                        .toArray();
        outputs.reshape(joined(times, shape).extents())
                .transpose(afterTime(keptThenTraced(1)))
                .assign(from.transpose(timeFirst));
        return outputs;
    }

    /** A column of variances of the outputs on the examples of these rows. */
    Tensor varianceColumn(Arena arena, Tensor variances, Shape rows, String name) {
        if (!variances.shape().equals(rows)) {
            throw new InputException(
                    name
                            + " has shape "
                            + variances.shape()
                            + "; variances need the diagonal of the kernel alone, of shape "
                            + rows
                            + ".");
        }
        Tensor column = Matrices.zeros(arena, rows.size(), 1);
        column.reshape(rows.extents()).assign(variances);
        Checks.finite(column, variances, name);
        return column;
    }

    /** A column of variances as an array. */
    Tensor variances(Arena arena, Shape rows, Tensor column) {
        Checks.finiteResult(column, "The variance");
        Tensor variances = Tensor.allocate(arena, DType.F64, rows);
        variances.assign(column.reshape(rows.extents()));
        return variances;
    }

    /** A covariance of zeros, at these times, of the outputs on the examples of these rows. */
    Tensor emptyCovariance(Arena arena, Shape time, Shape rows) {
        return Tensor.allocate(arena, DType.F64, joined(time, paired(rows, rows)));
    }

    /** Writes the matrix of the covariance at one of the times into the array of all. */
    void putCovariance(Tensor covariance, Shape time, int at, Shape rows, Tensor matrix) {
        Checks.finiteResult(matrix, "The covariance");
        Shape one = Shape.of(1);
        covariance
                .reshape(joined(Shape.of(time.size()), paired(rows, rows)).extents())
                .slice(0, at, at + 1)
                .transpose(afterTime(unzipped(1, kept.length)))
                .assign(matrix.reshape(joined(one, joined(rows, rows)).extents()));
    }

    private void requireShape(Tensor kernel, String name, Shape expected) {
        if (!kernel.shape().equals(expected)) {
            throw new InputException(
                    name
                            + " has shape "
                            + kernel.shape()
                            + "; "
                            + described()
                            + " need "
                            + expected
                            + (kept.length == 0
                                    ? "; give them an axis of outputs, (N, 1), or trace fewer axes."
                                    : "."));
        }
    }

    private String described() {
        return "labels of shape " + labels + " with trace axes " + Arrays.toString(traced);
    }

    private long[] extents(int[] axes) {
        return IntStream.of(axes).mapToLong(labels::extent).toArray();
    }

    private int[] keptThenTraced(int first) {
        return IntStream.concat(IntStream.of(kept), IntStream.of(traced))
                .map(axis -> axis + first)
                .toArray();
    }

    /** Axes that come in pairs from {@code first} on: the first of every pair, then the second. */
    private static int[] unzipped(int first, int pairs) {
        return IntStream.range(0, 2 * pairs)
                .map(i -> first + (i < pairs ? 2 * i : 2 * (i - pairs) + 1))
                .toArray();
    }

    private static int[] afterTime(int[] axes) {
        return IntStream.concat(IntStream.of(0), IntStream.of(axes)).toArray();
    }

    private static long[] everyOther(Shape shape, int first) {
        return IntStream.range(0, shape.rank())
                .filter(axis -> axis % 2 == first)
                .mapToLong(shape::extent)
                .toArray();
    }

    private static Shape paired(Shape rows, Shape columns) {
        return Shape.of(
                IntStream.range(0, 2 * rows.rank())
                        .mapToLong(i -> (i % 2 == 0 ? rows : columns).extent(i / 2))
                        .toArray());
    }

    private static Shape joined(Shape first, Shape second) {
        return Shape.of(
                LongStream.concat(LongStream.of(first.extents()), LongStream.of(second.extents()))
                        .toArray());
    }
}
