package dev.jtangents.graph.finite;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * The tangent kernel column by column: the gradient of one output of one example of the second
 * batch, and the derivative of all outputs of the first batch along it. No Jacobian is formed.
 */
final class VectorProducts {
    private final TangentSide first;
    private final TangentSide second;
    private final List<Tensor> parameters;
    private final OutputPairs pairs;
    private final DType dtype;

    /**
     * Vector products.
     *
     * @param parameters of both sides, matrices of one row
     */
    VectorProducts(
            TangentSide first,
            TangentSide second,
            List<Tensor> parameters,
            OutputPairs pairs,
            DType dtype) {
        this.parameters = parameters;
        this.first = first;
        this.second = second;
        this.pairs = pairs;
        this.dtype = dtype;
    }

    /**
     * Adds the columns of an example of the second batch.
     *
     * @param sums as {@link OutputPairs#sums} makes it
     */
    void addTo(Tensor sums, long example) {
        var into = new ColumnSums(pairs, sums);
        long from = pairs.examplesAlone() ? example : 0;
        long to = pairs.examplesAlone() ? example + 1 : first.examples();
        Blocks blocks = Blocks.of(first.program(), to - from, dtype, 2);
        for (int output = 0; output < into.outputs(); output++) {
            try (var workspace = new Workspace(dtype)) {
                List<Tensor> gradient = gradient(example, into.place(output), workspace);
                for (long block = 0; block < blocks.count(); block++) {
                    long start = from + blocks.from(block);
                    try (var scratch = new Workspace(dtype)) {
                        Tensor column = tangent(start, from + blocks.to(block), gradient, scratch);
                        into.add(column, start, example, output);
                    }
                }
            }
        }
    }

    /** The gradient of an output of an example, for each parameter a row. */
    private List<Tensor> gradient(long example, int place, Workspace workspace) {
        FiniteProgram program = second.program();
        TangentSide alone = second.range(example, example + 1);
        Blocks one = new Blocks(1, 1);
        var tape = new Tape(program, one.rows(alone.inputs(), 0, workspace), parameters, workspace);
        Tensor seed = workspace.zeros(1, second.output().shape().size());
        seed.set(1, 0, place);
        return tape.pullToParameters(Map.of(second.output().node(), seed));
    }

    /** The derivatives of the outputs of some examples along a direction of the parameters. */
    private Tensor tangent(long from, long to, List<Tensor> direction, Workspace workspace) {
        TangentSide part = first.range(from, to);
        Blocks all = new Blocks(to - from, to - from);
        List<@Nullable Jet> jets =
                new Forward(first.program(), workspace, 1)
                        .run(all.rows(part.inputs(), 0, workspace), parameters, direction, false);
        Tensor tangent = Forward.present(jets, first.output().node()).grown(1);
        if (Rows.count(tangent) == to - from) {
            return tangent;
        }
        Tensor repeated = workspace.zeros(to - from, Rows.width(tangent));
        Rows.addScaled(repeated, tangent, 1);
        return repeated;
    }
}
