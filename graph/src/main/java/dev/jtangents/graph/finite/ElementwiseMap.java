package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

import java.util.List;
import java.util.stream.IntStream;

/** A function of each element. */
record ElementwiseMap(ScalarFunction function) implements Operation {
    /** Elements at a time: a few arrays of them stay in the first cache. */
    private static final int CHUNK = 1024;

    /** Values or derivatives of a run of elements. */
    private interface Bulk {
        void apply(double[] x, double[] result, int count);
    }

    @Override
    public void push(List<Jet> inputs, Jet result) {
        Jet x = inputs.getFirst();
        if (x.constant()) {
            add(function::values, x.value(), result.grown(0));
        } else if (result.degree() == 1) {
            add(function::values, x.value(), result.grown(0));
            Tensor slope = result.workspace().zeros(x.rows(), x.width());
            add(function::derivatives, x.value(), slope);
            Tensor tangent = x.coefficient(1);
            if (tangent != null) {
                ElementwiseProduct.addProducts(result.grown(1), slope, tangent);
            }
            result.workspace().release(slope);
        } else {
            compose(x, result);
        }
    }

    private static void add(Bulk bulk, Tensor x, Tensor result) {
        double[] buffer = new double[CHUNK];
        for (long at = 0; at < x.size(); at += CHUNK) {
            int count = (int) Math.min(CHUNK, x.size() - at);
            Rows.read(x, at, buffer, count);
            bulk.apply(buffer, buffer, count);
            Rows.add(buffer, result, at, count);
        }
    }

    @Override
    public void pull(
            int input, List<Tensor> values, Tensor cotangent, Sum into, Workspace workspace) {
        Tensor x = values.getFirst();
        Tensor slope = workspace.zeros(Rows.count(x), Rows.width(x));
        add(function::derivatives, x, slope);
        ElementwiseProduct.addProducts(into.matrix(), cotangent, slope);
        workspace.release(slope);
    }

    private void compose(Jet x, Jet result) {
        int terms = result.degree() + 1;
        List<Tensor> outputs = IntStream.range(0, terms).mapToObj(result::grown).toList();
        double[] inner = new double[terms];
        double[] outer = new double[terms];
        for (long i = 0; i < x.value().size(); i++) {
            for (int k = 0; k < terms; k++) {
                Tensor coefficient = x.coefficient(k);
                inner[k] = coefficient == null ? 0 : read(coefficient, i);
            }
            function.taylor(inner[0], outer);
            inner[0] = 0;
            double[] composed = composed(outer, inner);
            for (int k = 0; k < terms; k++) {
                Tensor output = outputs.get(k);
                output.dtype().write(output.segment(), i, composed[k]);
            }
        }
    }

    private static double read(Tensor matrix, long index) {
        return matrix.dtype().read(matrix.segment(), index);
    }

    /** The power series {@code outer(inner)}, cut off, where inner begins with 0; by Horner. */
    private static double[] composed(double[] outer, double[] inner) {
        int terms = outer.length;
        double[] sum = new double[terms];
        for (int k = terms - 1; k >= 0; k--) {
            double[] product = new double[terms];
            for (int i = 0; i < terms; i++) {
                for (int j = 1; i + j < terms; j++) {
                    product[i + j] += sum[i] * inner[j];
                }
            }
            product[0] = outer[k];
            sum = product;
        }
        return sum;
    }
}
