package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

import java.util.List;

/**
 * A factor times the products of matrices: in each row, {@code groups} matrices of (height, inner)
 * with as many of (inner, width), which may be stored transposed.
 */
record MatrixProduct(
        int groups, int height, int inner, int width, boolean transposed, double factor)
        implements Operation {
    private Operand left(Tensor rows) {
        return new Operand(rows, groups, height, inner);
    }

    private Operand right(Tensor rows) {
        return transposed
                ? new Operand(rows, groups, width, inner)
                : new Operand(rows, groups, inner, width);
    }

    private Operand result(Tensor rows) {
        return new Operand(rows, groups, height, width);
    }

    @Override
    public void push(List<Jet> inputs, Jet result) {
        Jet left = inputs.get(0);
        Jet right = inputs.get(1);
        for (int i = 0; i <= result.degree(); i++) {
            for (int j = 0; i + j <= result.degree(); j++) {
                Tensor x = left.coefficient(i);
                Tensor y = right.coefficient(j);
                if (x != null && y != null) {
                    double keep = result.coefficient(i + j) == null ? 0 : 1;
                    Operand into = result(result.written(i + j));
                    Operand.addProduct(factor, left(x), false, right(y), transposed, keep, into);
                }
            }
        }
    }

    @Override
    public void pull(
            int input, List<Tensor> values, Tensor cotangent, Sum into, Workspace workspace) {
        double keep = into.keep();
        Tensor sum = into.written();
        Operand result = result(cotangent);
        if (input == 0) {
            Operand right = right(values.get(1));
            Operand.addProduct(factor, result, false, right, !transposed, keep, left(sum));
        } else if (transposed) {
            Operand left = left(values.get(0));
            Operand.addProduct(factor, result, true, left, false, keep, right(sum));
        } else {
            Operand left = left(values.get(0));
            Operand.addProduct(factor, left, true, result, false, keep, right(sum));
        }
    }
}
