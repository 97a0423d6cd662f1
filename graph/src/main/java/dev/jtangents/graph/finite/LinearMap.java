package dev.jtangents.graph.finite;

import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.Tensor;

import java.util.List;

/**
 * A constant matrix along one axis of each row, which is seen as (outer, axis, inner): selecting,
 * permuting, padding, windows, sums, means and resizing are all of this kind.
 */
final class LinearMap implements Operation {
    private final CompressedRows matrix;
    private final CompressedRows adjoint;
    private final int outer;
    private final int inner;

    LinearMap(SparseMatrix matrix, int outer, int inner) {
        this.matrix = CompressedRows.of(matrix);
        this.adjoint = this.matrix.transposed();
        this.outer = outer;
        this.inner = inner;
    }

    /** Whether the result has the input's elements in another order, each of them once. */
    boolean isPermutation() {
        return matrix.isPermutation();
    }

    @Override
    public void push(List<Jet> inputs, Jet result) {
        for (int k = 0; k <= result.degree(); k++) {
            Tensor x = inputs.getFirst().coefficient(k);
            if (x != null) {
                apply(matrix, x, result.grown(k));
            }
        }
    }

    @Override
    public void pull(
            int input, List<Tensor> values, Tensor cotangent, Sum into, Workspace workspace) {
        apply(adjoint, cotangent, into.matrix());
    }

    private void apply(CompressedRows along, Tensor from, Tensor into) {
        if (inner == 1) {
            applyToElements(along, from, into);
        } else {
            applyToRuns(along, from, into);
        }
    }

    private void applyToRuns(CompressedRows along, Tensor from, Tensor into) {
        Loops loops = Loops.get(into.dtype());
        for (long row = 0; row < Rows.count(from); row++) {
            for (int block = 0; block < outer; block++) {
                long start = (row * outer + block) * along.columns() * inner;
                long target = (Rows.target(row, into) * outer + block) * along.rows() * inner;
                for (int i = 0; i < along.rows(); i++) {
                    for (int entry = along.start(i); entry < along.start(i + 1); entry++) {
                        loops.addScaled(
                                into.segment(),
                                target + (long) i * inner,
                                from.segment(),
                                start + (long) along.column(entry) * inner,
                                along.weight(entry),
                                inner);
                    }
                }
            }
        }
    }

    private void applyToElements(CompressedRows along, Tensor from, Tensor into) {
        double[] x = new double[along.columns()];
        double[] y = new double[along.rows()];
        for (long row = 0; row < Rows.count(from); row++) {
            for (int block = 0; block < outer; block++) {
                Rows.read(from, (row * outer + block) * x.length, x, x.length);
                along.multiply(x, y);
                Rows.add(y, into, (Rows.target(row, into) * outer + block) * y.length, y.length);
            }
        }
    }
}
