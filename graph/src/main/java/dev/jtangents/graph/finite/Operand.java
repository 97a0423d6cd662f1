package dev.jtangents.graph.finite;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Tensor;

/**
 * Rows that are matrices of (height, width), {@code groups} of them in each row, as they are
 * stored.
 */
record Operand(Tensor rows, int groups, int height, int width) {
    /**
     * {@code into = keep into + factor op(x) op(y)}, group by group, where op transposes or not. An
     * operand with fewer rows than another stands for as many consecutive rows of it; a single row
     * of {@code into} takes the sum.
     */
    static void addProduct(
            double factor,
            Operand x,
            boolean transposeX,
            Operand y,
            boolean transposeY,
            double keep,
            Operand into) {
        boolean sharedY = y.count() == 1 && x.count() == into.count() && !transposeX;
        boolean summed = into.count() == 1 && x.count() == y.count() && transposeX && !transposeY;
        if (sharedY && x.stacks() && into.stacks()) {
            for (int group = 0; group < x.groups; group++) {
                multiply(
                        factor,
                        x.stacked(group),
                        false,
                        y.matrix(0, group),
                        transposeY,
                        keep,
                        into.stacked(group));
            }
        } else if (summed && x.stacks() && y.stacks()) {
            for (int group = 0; group < x.groups; group++) {
                multiply(
                        factor,
                        x.stacked(group),
                        true,
                        y.stacked(group),
                        false,
                        keep,
                        into.matrix(0, group));
            }
        } else {
            addRowByRow(factor, x, transposeX, y, transposeY, keep, into);
        }
    }

    private static void addRowByRow(
            double factor,
            Operand x,
            boolean transposeX,
            Operand y,
            boolean transposeY,
            double keep,
            Operand into) {
        long most = Math.max(into.count(), Math.max(x.count(), y.count()));
        for (long row = 0; row < most; row++) {
            boolean first = row % (most / into.count()) == 0;
            for (int group = 0; group < x.groups; group++) {
                multiply(
                        factor,
                        x.matrix(row / (most / x.count()), group),
                        transposeX,
                        y.matrix(row / (most / y.count()), group),
                        transposeY,
                        first ? keep : 1,
                        into.matrix(row / (most / into.count()), group));
            }
        }
    }

    private static void multiply(
            double factor,
            Tensor x,
            boolean transposeX,
            Tensor y,
            boolean transposeY,
            double keep,
            Tensor into) {
        LinearAlgebra.get().multiply(factor, x, transposeX, y, transposeY, keep, into);
    }

    private long count() {
        return Rows.count(rows);
    }

    /** Whether the matrices of a group, one below the other, are a strided matrix. */
    private boolean stacks() {
        return groups == 1 || height == 1;
    }

    private Tensor stacked(int group) {
        return groups == 1
                ? rows.reshape(count() * height, width)
                : rows.slice(1, (long) group * width, (group + 1L) * width);
    }

    Tensor matrix(long row, int group) {
        long size = (long) height * width;
        return rows.slice(0, row, row + 1)
                .slice(1, group * size, (group + 1) * size)
                .reshape(height, width);
    }
}
