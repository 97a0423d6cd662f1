package dev.jtangents.graph.finite;

import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What a network of finite width does to an example, as operations on arrays in the order in which
 * they run. Its parameters, and what is computed of them alone, are shared by all examples.
 * Immutable; {@link FiniteBuilder} makes it.
 */
public final class FiniteProgram {
    /**
     * An operation.
     *
     * @param inputs the nodes that it takes
     * @param width the elements of its result for one example
     * @param shared whether its result is the same for all examples
     */
    record Node(Operation operation, List<Integer> inputs, long width, boolean shared) {
        Node renumbered(int[] numbers) {
            return new Node(
                    operation, inputs.stream().map(i -> numbers[i]).toList(), width, shared);
        }
    }

    private final List<Node> nodes;
    private final List<Shape> inputs;
    private final List<Shape> parameters;
    private final List<Output> outputs;

    FiniteProgram(
            List<Node> nodes, List<Shape> inputs, List<Shape> parameters, List<Output> outputs) {
        this.nodes = List.copyOf(nodes);
        this.inputs = List.copyOf(inputs);
        this.parameters = List.copyOf(parameters);
        this.outputs = List.copyOf(outputs);
    }

    List<Node> nodes() {
        return nodes;
    }

    List<Output> outputs() {
        return outputs;
    }

    /** The shapes of the arrays that it takes of each example, in order. */
    public List<Shape> inputShapes() {
        return inputs;
    }

    /** The shapes of the parameters, in order. */
    public List<Shape> parameterShapes() {
        return parameters;
    }

    /** The shapes of what it makes of each example, in order. */
    public List<Shape> outputShapes() {
        return outputs.stream().map(Output::shape).toList();
    }

    /** The elements that are computed for one example, the inputs included. */
    public long widthPerExample() {
        return nodes.stream().filter(node -> !node.shared()).mapToLong(Node::width).sum();
    }

    /** The last node that takes each node; for an output the number of nodes. */
    int[] lastUses() {
        int[] last = new int[nodes.size()];
        for (int node = 0; node < last.length; node++) {
            last[node] = node;
            for (int input : nodes.get(node).inputs()) {
                last[input] = node;
            }
        }
        outputs.forEach(output -> last[output.node()] = nodes.size());
        return last;
    }

    /** The nodes of the parameters, in order. */
    List<Integer> parameterNodes() {
        return IntStream.range(0, nodes.size())
                .filter(node -> nodes.get(node).operation() instanceof Source.Parameter)
                .boxed()
                .toList();
    }
}
