package dev.jtangents.predict.solver;

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
