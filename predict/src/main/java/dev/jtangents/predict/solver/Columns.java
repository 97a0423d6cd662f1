package dev.jtangents.predict.solver;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Loops over the columns of row-major f64 matrices without gaps, one factor for each column. */
final class Columns {
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;

    private Columns() {}

    /** The inner products of equal columns. */
    static double[] products(Tensor a, Tensor b) {
        int columns = Math.toIntExact(a.shape().extent(1));
        double[] products = new double[columns];
        MemorySegment left = a.segment();
        MemorySegment right = b.segment();
        long at = 0;
        for (long row = 0; row < a.shape().extent(0); row++) {
            for (int column = 0; column < columns; column++, at++) {
                products[column] += left.getAtIndex(DOUBLE, at) * right.getAtIndex(DOUBLE, at);
            }
        }
        return products;
    }

    /** The Euclidean lengths of the columns. */
    static double[] norms(Tensor matrix) {
        double[] norms = products(matrix, matrix);
        for (int column = 0; column < norms.length; column++) {
            norms[column] = Math.sqrt(norms[column]);
        }
        return norms;
    }

    /**
     * The powers of two next to the largest magnitude of each column; 1 for a column of zeros.
     *
     * @throws InputException when a number is not finite
     */
    static double[] scales(Tensor matrix) {
        double[] scales = new double[Math.toIntExact(matrix.shape().extent(1))];
        for (long at = 0; at < matrix.size(); at++) {
            int column = (int) (at % scales.length);
            double magnitude = Math.abs(matrix.segment().getAtIndex(DOUBLE, at));
            scales[column] = Math.max(scales[column], magnitude);
        }
        for (int column = 0; column < scales.length; column++) {
            if (!Double.isFinite(scales[column])) {
                throw new InputException(
                        "A right-hand side, from the labels or from the kernel of a test example,"
                                + " is not finite or overflows f64: look for NaN, or rescale.");
            }
            scales[column] =
                    scales[column] == 0 ? 1 : Math.scalb(1.0, Math.getExponent(scales[column]));
        }
        return scales;
    }

    /** {@code target += factor source}. */
    static void add(Tensor target, double[] factors, Tensor source) {
        combine(target, factors, source, target);
    }

    /** {@code result = base + factor source}. */
    static void combine(Tensor base, double[] factors, Tensor source, Tensor result) {
        long at = 0;
        for (long row = 0; row < base.shape().extent(0); row++) {
            for (double factor : factors) {
                double value =
                        base.segment().getAtIndex(DOUBLE, at)
                                + factor * source.segment().getAtIndex(DOUBLE, at);
                result.segment().setAtIndex(DOUBLE, at, value);
                at++;
            }
        }
    }

    /** {@code result = factor source}. */
    static void scale(Tensor source, double[] factors, Tensor result) {
        long at = 0;
        for (long row = 0; row < source.shape().extent(0); row++) {
            for (double factor : factors) {
                double value = factor * source.segment().getAtIndex(DOUBLE, at);
                result.segment().setAtIndex(DOUBLE, at, value);
                at++;
            }
        }
    }
}
