package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.CovarianceProgram;
import dev.jtangents.tensor.Shape;

import java.util.List;

/** What networks of one input and one output make of it, before anything is computed. */
final class Propagated {
    private Propagated() {}

    /** What is known of the output for inputs of a shape. */
    static Propagation through(Network network, Shape input) {
        NetworkInputs inputs = NetworkInputs.of(network, 1);
        List<Propagation> in = KernelInputs.propagations(inputs.axes(), List.of(input), null);
        return inputs.through(network, in).getFirst();
    }

    /** The operations after the input. */
    static List<CovarianceOp> operations(Network network, Shape input) {
        Propagation out = through(network, input);
        return out.graph().program(out.node()).nodes().stream()
                .skip(1)
                .map(CovarianceProgram.Node::op)
                .toList();
    }
}
