package dev.jtangents.graph.finite;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Runs a program forwards on the calling thread, from its sources to its outputs. */
final class Forward {
    private final FiniteProgram program;
    private final Workspace workspace;
    private final int degree;

    Forward(FiniteProgram program, Workspace workspace, int degree) {
        this.program = program;
        this.workspace = workspace;
        this.degree = degree;
    }

    /**
     * The jets of all nodes.
     *
     * @param inputs matrices with a row for each example
     * @param parameters matrices of one row
     * @param directions what parameters are moved by, or null
     * @param keep whether to keep what no later node needs
     * @return null for what was not kept
     */
    List<@Nullable Jet> run(
            List<Tensor> inputs,
            List<Tensor> parameters,
            @Nullable List<Tensor> directions,
            boolean keep) {
        List<@Nullable Jet> jets = new ArrayList<>();
        int[] lastUses = program.lastUses();
        for (int number = 0; number < program.nodes().size(); number++) {
            FiniteProgram.Node node = program.nodes().get(number);
            jets.add(
                    switch (node.operation()) {
                        case Source.Input(int index) -> jet(inputs.get(index), null);
                        case Source.Parameter(int index) ->
                                jet(
                                        parameters.get(index),
                                        directions == null ? null : directions.get(index));
                        case Source.Constant(double[] values) -> constant(values);
                        case Operation operation -> apply(operation, node, jets);
                    });
            if (!keep) {
                release(number, node, lastUses, jets);
            }
        }
        return jets;
    }

    private Jet jet(Tensor value, @Nullable Tensor direction) {
        Jet jet = new Jet(workspace, Rows.count(value), Rows.width(value), degree);
        jet.set(0, value);
        if (direction != null && degree > 0) {
            jet.set(1, direction);
        }
        return jet;
    }

    private Jet constant(double[] values) {
        Tensor row = workspace.zeros(1, values.length);
        DType dtype = workspace.dtype();
        for (int i = 0; i < values.length; i++) {
            dtype.write(row.segment(), i, values[i]);
        }
        return jet(row, null);
    }

    private Jet apply(Operation operation, FiniteProgram.Node node, List<@Nullable Jet> jets) {
        List<Jet> taken = node.inputs().stream().map(input -> present(jets, input)).toList();
        long rows = taken.stream().mapToLong(Jet::rows).max().orElse(1);
        Jet result = new Jet(workspace, rows, node.width(), degree);
        operation.push(taken, result);
        return result;
    }

    /** A jet that is needed later, and therefore kept. */
    static Jet present(List<@Nullable Jet> jets, int node) {
        Jet jet = jets.get(node);
        if (jet == null) {
            throw new IllegalStateException("Node " + node + " was released too early");
        }
        return jet;
    }

    private void release(
            int number, FiniteProgram.Node node, int[] lastUses, List<@Nullable Jet> jets) {
        for (int input : node.inputs()) {
            Jet jet = jets.get(input);
            boolean own = !(program.nodes().get(input).operation() instanceof Source);
            if (lastUses[input] == number && own && jet != null) {
                jet.release();
                jets.set(input, null);
            }
        }
    }
}
