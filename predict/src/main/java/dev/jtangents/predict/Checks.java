package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.Locale;

/** What is asked of input beyond its shape, and the messages when it is not so. */
final class Checks {
    /** A kernel in f32 whose halves were computed apart is symmetric to about this. */
    private static final double SYMMETRY = 1e-6;

    private Checks() {}

    /**
     * Refuses numbers that are not finite.
     *
     * @param matrix the numbers of {@code given}, in f64 and in any order
     * @param given the array of the user, in which the message counts
     */
    static void finite(Tensor matrix, Tensor given, String name) {
        if (!Matrices.allFinite(matrix)) {
            Shape index = firstNotFinite(given);
            throw new InputException(
                    name
                            + " of shape "
                            + given.shape()
                            + " holds "
                            + given.get(index.extents())
                            + " at index "
                            + index
                            + "; every entry must be a finite number.");
        }
    }

    private static Shape firstNotFinite(Tensor given) {
        long[] strides = given.shape().rowMajorStrides();
        long[] index = new long[strides.length];
        for (long flat = 0; flat < given.size(); flat++) {
            for (int axis = 0; axis < strides.length; axis++) {
                index[axis] = flat / strides[axis] % given.shape().extent(axis);
            }
            if (!Double.isFinite(given.get(index))) {
                break;
            }
        }
        return Shape.of(index);
    }

    /** Makes a square matrix that is symmetric up to rounding exactly so, or refuses it. */
    static void symmetric(Tensor matrix, String name) {
        double largest = Matrices.largestMagnitude(matrix);
        if (!Double.isFinite(largest * matrix.shape().extent(0))) {
            throw new InputException(
                    name
                            + " has entries as large as "
                            + largest
                            + ", whose sums overflow f64: rescale it.");
        }
        double difference = Matrices.symmetrize(matrix);
        if (difference > SYMMETRY * largest) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "%s is not symmetric: an entry and its mirror image differ by %.3g,"
                                    + " %.3g of the largest entry; at most %.0e is taken for"
                                    + " rounding.",
                            name,
                            difference,
                            difference / largest,
                            SYMMETRY));
        }
    }

    /** Refuses to hand out numbers that are not finite. */
    static void finiteResult(Tensor matrix, String what) {
        if (!Matrices.allFinite(matrix)) {
            throw new InputException(
                    what
                            + " overflows f64: the kernel, the labels or the time are too large, or"
                            + " the kernel is too close to singular. Rescale them, or raise"
                            + " diag_reg.");
        }
    }

    static double learningRate(double value) {
        return positive("learning_rate", value);
    }

    static double positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new InputException(
                    name + " = " + value + " is not allowed; give a finite number above 0.");
        }
        return value;
    }

    static double notNegative(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new InputException(
                    name + " = " + value + " is not allowed; give a finite number from 0.");
        }
        return value;
    }

    static double momentum(double value) {
        if (!(value >= 0 && value < 1)) {
            throw new InputException(
                    "momentum = " + value + " is not allowed; give a number from 0 to below 1.");
        }
        return value;
    }
}
