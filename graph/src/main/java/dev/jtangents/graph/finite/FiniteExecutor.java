package dev.jtangents.graph.finite;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Runs finite programs on the calling thread. Stateless. */
public final class FiniteExecutor {
    private FiniteExecutor() {}

    /**
     * Applies a program.
     *
     * @param parameters in the order in which the program numbers them
     * @param dtype the type in which everything is computed
     * @return the output, contiguous, which the caller closes
     */
    public static Tensor run(
            FiniteProgram program, List<Tensor> parameters, Tensor input, DType dtype) {
        List<Tensor> values = new ArrayList<>();
        boolean finished = false;
        try {
            for (FiniteProgram.Node node : program.nodes()) {
                List<Tensor> inputs = node.inputs().stream().map(values::get).toList();
                values.add(
                        switch (node.op()) {
                            case FiniteOp.Input ignored -> input.copy(dtype);
                            case FiniteOp.Parameter p -> parameters.get(p.index()).copy(dtype);
                            case FiniteOp.Contract contract ->
                                    contract(contract, inputs.get(0), inputs.get(1));
                            case FiniteOp.AddScaled add ->
                                    addScaled(add.factor(), inputs.get(0), inputs.get(1));
                            case FiniteOp.Map map -> map(map.function(), inputs.get(0));
                            case FiniteOp.Permute permute ->
                                    inputs.get(0).transpose(array(permute.axes())).copy(dtype);
                            case FiniteOp.Reshape reshape ->
                                    inputs.get(0).reshape(node.shape().extents()).copy(dtype);
                        });
            }
            finished = true;
            return values.getLast();
        } finally {
            int kept = finished ? 1 : 0;
            values.subList(0, values.size() - kept).forEach(Tensor::close);
        }
    }

    private static Tensor contract(FiniteOp.Contract op, Tensor x, Tensor weights) {
        int rank = x.shape().rank();
        int[] toLast =
                IntStream.concat(
                                IntStream.range(0, rank).filter(axis -> axis != op.axis()),
                                IntStream.of(op.axis()))
                        .toArray();
        Shape moved = x.transpose(toLast).shape();
        long in = weights.shape().extent(0);
        long out = weights.shape().extent(1);
        long rows = moved.without(rank - 1).size();
        try (Tensor left = x.transpose(toLast).copy(x.dtype());
                Tensor product = Tensor.allocate(x.dtype(), Shape.of(rows, out))) {
            LinearAlgebra.get()
                    .multiply(
                            op.factor(), left.reshape(rows, in), false, weights, false, 0, product);
            int[] back = new int[rank];
            for (int i = 0; i < rank; i++) {
                back[toLast[i]] = i;
            }
            return product.reshape(moved.with(rank - 1, out).extents())
                    .transpose(back)
                    .copy(x.dtype());
        }
    }

    private static Tensor addScaled(double factor, Tensor x, Tensor b) {
        Tensor sum = x.copy(x.dtype());
        if (sum.size() == 0) {
            return sum;
        }
        long[] index = new long[x.shape().rank()];
        long[] other = new long[index.length];
        do {
            for (int axis = 0; axis < index.length; axis++) {
                other[axis] = b.shape().extent(axis) == 1 ? 0 : index[axis];
            }
            sum.set(sum.get(index) + factor * b.get(other), index);
        } while (next(index, x.shape()));
        return sum;
    }

    private static Tensor map(ScalarFunction function, Tensor x) {
        Tensor result = Tensor.allocate(x.dtype(), x.shape());
        Tensor from = x.reshape(x.size());
        Tensor to = result.reshape(x.size());
        for (long i = 0; i < x.size(); i++) {
            to.set(function.value(from.get(i)), i);
        }
        return result;
    }

    /** Moves an index on in row-major order; false once it has wrapped. */
    private static boolean next(long[] index, Shape shape) {
        for (int axis = index.length - 1; axis >= 0; axis--) {
            if (++index[axis] < shape.extent(axis)) {
                return true;
            }
            index[axis] = 0;
        }
        return false;
    }

    private static int[] array(List<Integer> axes) {
        return axes.stream().mapToInt(Integer::intValue).toArray();
    }
}
