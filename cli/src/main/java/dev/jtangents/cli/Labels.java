package dev.jtangents.cli;

import dev.jtangents.io.ArrayFiles;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Locale;

/**
 * Labels as a fit wants them, (N, outputs).
 *
 * @param option the option that named their file
 * @param values one row per example
 * @param classes the number of classes, or 0 for labels that are values
 * @param given the shape of the array that the user gave
 */
record Labels(String option, Tensor values, int classes, Shape given) implements AutoCloseable {
    private static final int MOST_CLASSES = 1000;

    /**
     * The labels of a training set.
     *
     * @param kind classes or values; null to decide by what is in the file
     */
    static Labels read(String option, String location, @Nullable String kind) {
        try (Tensor array = ArrayFiles.read(location)) {
            Tensor labels = oneAxis(array);
            int classes =
                    switch (kind == null ? "" : kind.toLowerCase(Locale.ROOT)) {
                        case "" -> recognisedClasses(labels);
                        case "classes" -> classes(option, labels);
                        case "values" -> 0;
                        default ->
                                throw new InputException(
                                        "--labels " + kind + ": give classes or values.");
                    };
            return of(option, labels, classes, array.shape());
        }
    }

    /** The labels of a test set, of the same kind as these. */
    Labels readTest(String testOption, String location) {
        try (Tensor array = ArrayFiles.read(location)) {
            Labels test = of(testOption, oneAxis(array), classes, array.shape());
            if (test.values.shape().extent(1) != values.shape().extent(1)) {
                test.close();
                throw new InputException(
                        testOption
                                + " has shape "
                                + test.given
                                + "; "
                                + option
                                + " has "
                                + values.shape().extent(1)
                                + " outputs per example.");
            }
            return test;
        }
    }

    /** A table of one column, as text files hold labels, is seen as one axis. */
    private static Tensor oneAxis(Tensor array) {
        Shape shape = array.shape();
        return shape.rank() == 2 && shape.extent(1) == 1 && array.isContiguous()
                ? array.reshape(shape.extent(0))
                : array;
    }

    private static Labels of(String option, Tensor labels, int classes, Shape given) {
        Shape shape = labels.shape();
        if (shape.rank() < 1 || shape.rank() > 2 || shape.size() == 0) {
            throw new InputException(
                    option
                            + " has shape "
                            + shape
                            + "; labels have shape (N,) or (N, outputs), with at least one"
                            + " example.");
        }
        for (double value : labels.toArray()) {
            if (!Double.isFinite(value)) {
                throw new InputException(option + " has a label that is " + value + ".");
            }
        }
        Tensor values =
                classes > 0 ? oneHot(option, labels, classes) : matrix(labels).copy(DType.F64);
        return new Labels(option, values, classes, given);
    }

    private static Tensor matrix(Tensor labels) {
        return labels.shape().rank() == 1 ? labels.reshape(labels.size(), 1) : labels;
    }

    /** A row per example: 1 - 1/classes at its class, -1/classes elsewhere. */
    private static Tensor oneHot(String option, Tensor labels, int classes) {
        double[] values = new double[Math.toIntExact(labels.size() * classes)];
        Arrays.fill(values, -1.0 / classes);
        double[] each = labels.toArray();
        for (int i = 0; i < each.length; i++) {
            if (labels.shape().rank() != 1
                    || each[i] != Math.rint(each[i])
                    || each[i] < 0
                    || each[i] >= classes) {
                throw new InputException(
                        String.format(
                                Locale.ROOT,
                                "%s: label %s of example %d (counted from 0) is none of the classes"
                                        + " 0 to %d.",
                                option,
                                each[i],
                                i,
                                classes - 1));
            }
            values[i * classes + (int) each[i]] += 1;
        }
        return Tensor.of(values, labels.size(), classes);
    }

    /** The classes when every one of 0, ..., C - 1 is there and nothing else, or 0. */
    private static int recognisedClasses(Tensor labels) {
        if (labels.shape().rank() != 1) {
            return 0;
        }
        boolean[] seen = new boolean[MOST_CLASSES];
        int classes = 0;
        for (double value : labels.toArray()) {
            if (value != Math.rint(value) || value < 0 || value >= MOST_CLASSES) {
                return 0;
            }
            seen[(int) value] = true;
            classes = Math.max(classes, (int) value + 1);
        }
        for (int c = 0; c < classes; c++) {
            if (!seen[c]) {
                return 0;
            }
        }
        return classes < 2 ? 0 : classes;
    }

    private static int classes(String option, Tensor labels) {
        double largest = Arrays.stream(labels.toArray()).max().orElse(0);
        if (labels.shape().rank() != 1 || !(largest >= 1 && largest < MOST_CLASSES)) {
            throw new InputException(
                    option
                            + " of shape "
                            + labels.shape()
                            + " cannot be classes: they are whole numbers from 0 to at most "
                            + (MOST_CLASSES - 1)
                            + " along one axis, at least two different ones.");
        }
        return (int) largest + 1;
    }

    /** Refuses labels that are not one per example. */
    void requireExamples(Tensor examples, String location) {
        Shape shape = examples.shape();
        if (shape.rank() > 0 && shape.extent(0) != values.shape().extent(0)) {
            throw new InputException(
                    option
                            + " has "
                            + values.shape().extent(0)
                            + " labels for the "
                            + shape.extent(0)
                            + " examples of "
                            + location
                            + ".");
        }
    }

    boolean areClasses() {
        return classes > 0;
    }

    /** A mean without the axis of the outputs when the labels given are values along one axis. */
    Tensor shapedLikeGiven(Tensor mean) {
        return areClasses() || given.rank() > 1
                ? mean
                : mean.reshape(Arrays.copyOf(mean.shape().extents(), mean.shape().rank() - 1));
    }

    /** The column of the largest number in a row. */
    static int argmax(Tensor matrix, long row) {
        int best = 0;
        for (int column = 1; column < matrix.shape().extent(1); column++) {
            if (matrix.get(row, column) > matrix.get(row, best)) {
                best = column;
            }
        }
        return best;
    }

    @Override
    public void close() {
        values.close();
    }
}
