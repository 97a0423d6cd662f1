package dev.jtangents.graph.finite;

import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.Tensor;

import java.util.List;

/**
 * The greatest of each of some sets of places along one axis of each row, which is seen as (outer,
 * axis, inner). Its derivatives are those of the place that is taken; of equal ones the first is.
 * NaN is greater than any number.
 */
final class Greatest implements Operation {
    private final CompressedRows sets;
    private final int outer;
    private final int inner;

    /**
     * The greatest of the columns that are in each row of a matrix.
     *
     * @param sets whose weights do not matter; no row may be empty
     */
    Greatest(SparseMatrix sets, int outer, int inner) {
        this.sets = CompressedRows.of(sets);
        this.outer = outer;
        this.inner = inner;
    }

    /** Hears of an element of the result and the element of the input that it is. */
    private interface Taken {
        void at(long row, int result, int input);
    }

    private void select(Tensor x, Taken taken) {
        double[] values = new double[Math.toIntExact(Rows.width(x))];
        for (long row = 0; row < Rows.count(x); row++) {
            Rows.read(x, row * values.length, values, values.length);
            for (int block = 0; block < outer; block++) {
                for (int set = 0; set < sets.rows(); set++) {
                    for (int i = 0; i < inner; i++) {
                        int result = (block * sets.rows() + set) * inner + i;
                        taken.at(row, result, greatest(values, block, set, i));
                    }
                }
            }
        }
    }

    private int greatest(double[] values, int block, int set, int i) {
        int best = -1;
        for (int entry = sets.start(set); entry < sets.start(set + 1); entry++) {
            int place = (block * sets.columns() + sets.column(entry)) * inner + i;
            if (best < 0 || values[place] > values[best] || isFirstNaN(values, place, best)) {
                best = place;
            }
        }
        return best;
    }

    private static boolean isFirstNaN(double[] values, int place, int best) {
        return Double.isNaN(values[place]) && !Double.isNaN(values[best]);
    }

    @Override
    public void push(List<Jet> inputs, Jet result) {
        Jet x = inputs.getFirst();
        for (int k = 0; k <= result.degree(); k++) {
            Tensor from = x.coefficient(k);
            if (from != null) {
                Tensor into = result.grown(k);
                select(x.value(), (row, at, place) -> into.set(from.get(row, place), row, at));
            }
        }
    }

    @Override
    public void pull(
            int input, List<Tensor> values, Tensor cotangent, Sum into, Workspace workspace) {
        Tensor x = values.getFirst();
        Tensor sum = into.matrix();
        long repeats = Rows.count(cotangent) / Rows.count(x);
        select(
                x,
                (row, at, place) -> {
                    for (long r = row * repeats; r < (row + 1) * repeats; r++) {
                        long target = Rows.target(r, sum);
                        sum.set(sum.get(target, place) + cotangent.get(r, at), target, place);
                    }
                });
    }
}
