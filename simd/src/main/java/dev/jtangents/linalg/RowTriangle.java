package dev.jtangents.linalg;

import dev.jtangents.tensor.Tensor;

/**
 * Solves with a triangle for rows by halves, L = [P 0; Q R]: with P, a product with Q, and R. Most
 * of the work is then products, which are faster than the library's solves.
 */
record RowTriangle(LinearAlgebra algebra, Tensor lower, boolean transpose) {
    /** Triangles of up to this order are left to the library. */
    private static final long SMALL = 64;

    /** As {@link LinearAlgebra#triangularSolveRows}. */
    void solve(Tensor rows) {
        solve(rows, 0, lower.shape().extent(0));
    }

    private void solve(Tensor rows, long from, long to) {
        if (to - from <= SMALL) {
            algebra.triangularSolveRows(
                    block(from, to, from, to), transpose, rows.slice(1, from, to));
            return;
        }
        long middle = from + Math.ceilDiv(to - from, 2 * SMALL) * SMALL;
        Tensor left = rows.slice(1, from, middle);
        Tensor right = rows.slice(1, middle, to);
        Tensor corner = block(middle, to, from, middle);
        if (transpose) {
            solve(rows, middle, to);
            algebra.multiply(-1, right, false, corner, false, 1, left);
            solve(rows, from, middle);
        } else {
            solve(rows, from, middle);
            algebra.multiply(-1, left, false, corner, true, 1, right);
            solve(rows, middle, to);
        }
    }

    private Tensor block(long row, long toRow, long column, long toColumn) {
        return lower.slice(0, row, toRow).slice(1, column, toColumn);
    }
}
