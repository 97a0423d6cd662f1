package dev.jtangents.graph.finite;

import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.Tensor;

import java.util.List;

/** The product of two inputs, element by element. */
record ElementwiseProduct() implements Operation {
    @Override
    public void push(List<Jet> inputs, Jet result) {
        Jet left = inputs.get(0);
        Jet right = inputs.get(1);
        for (int i = 0; i <= result.degree(); i++) {
            for (int j = 0; i + j <= result.degree(); j++) {
                Tensor x = left.coefficient(i);
                Tensor y = right.coefficient(j);
                if (x != null && y != null) {
                    addProducts(result.grown(i + j), x, y);
                }
            }
        }
    }

    @Override
    public void pull(
            int input, List<Tensor> values, Tensor cotangent, Sum into, Workspace workspace) {
        addProducts(into.matrix(), cotangent, values.get(1 - input));
    }

    /** {@code into += x y}, where each has all rows, or fewer of which each stands for several. */
    static void addProducts(Tensor into, Tensor x, Tensor y) {
        Tensor longest = Rows.count(x) >= Rows.count(y) ? x : y;
        Loops loops = Loops.get(into.dtype());
        long width = Rows.width(into);
        long rows = Math.max(Rows.count(into), Rows.count(longest));
        if (into.size() == x.size() && into.size() == y.size()) {
            loops.addProducts(into.segment(), 0, x.segment(), 0, y.segment(), 0, into.size());
            return;
        }
        for (long row = 0; row < rows; row++) {
            loops.addProducts(
                    into.segment(),
                    Rows.target(row, into) * width,
                    x.segment(),
                    Rows.matching(row, longest, x) * width,
                    y.segment(),
                    Rows.matching(row, longest, y) * width,
                    width);
        }
    }
}
