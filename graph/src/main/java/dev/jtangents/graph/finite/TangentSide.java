package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Tensor;

import java.util.List;

/**
 * One batch of an empirical kernel.
 *
 * @param program the network on these examples, with one output
 * @param parameters its parameters, which both sides share
 * @param inputs the arrays that the program takes; their first axis is that of examples
 */
public record TangentSide(FiniteProgram program, List<Tensor> parameters, List<Tensor> inputs) {
    public TangentSide {
        parameters = List.copyOf(parameters);
        inputs = List.copyOf(inputs);
    }

    long examples() {
        return Blocks.examples(program, inputs);
    }

    Output output() {
        return program.outputs().getFirst();
    }

    /** Some of its examples. */
    TangentSide range(long from, long to) {
        return new TangentSide(
                program,
                parameters,
                inputs.stream().map(input -> input.slice(0, from, to)).toList());
    }
}
