package dev.jtangents.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What a network does to the covariances of its inputs: operations in an order in which each comes
 * after those whose values it takes, and the last of which is the output; immutable.
 */
public record CovarianceProgram(List<Node> nodes) {
    /**
     * An operation in its place.
     *
     * @param inputs the numbers of the nodes whose values it takes
     * @param extents the spatial extents of its value
     */
    public record Node(CovarianceOp op, List<Integer> inputs, Extents extents) {
        public Node {
            inputs = List.copyOf(inputs);
        }
    }

    public CovarianceProgram {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("A program has at least one node");
        }
    }

    /** The node that is the output. */
    public Node output() {
        return nodes.getLast();
    }

    /** Whether no value has more than one position. */
    boolean isFlat() {
        return nodes.stream().allMatch(node -> node.extents().positions() == 1);
    }

    Node node(int index) {
        return nodes.get(index);
    }

    /** The numbers of the nodes that take the value of a node, in order. */
    List<List<Integer>> consumers() {
        List<List<Integer>> consumers = new ArrayList<>();
        nodes.forEach(node -> consumers.add(new ArrayList<>()));
        for (int index = 0; index < nodes.size(); index++) {
            for (int input : nodes.get(index).inputs()) {
                if (!consumers.get(input).contains(index)) {
                    consumers.get(input).add(index);
                }
            }
        }
        return consumers;
    }

    /** The same program without what the output does not need. */
    CovarianceProgram pruned() {
        var builder = new Builder();
        builder.nodes.addAll(nodes);
        return builder.program(nodes.size() - 1);
    }

    /** Collects operations; nodes only ever get added, so that many networks may share one. */
    public static final class Builder {
        private final List<Node> nodes = new ArrayList<>();

        /**
         * Adds an operation.
         *
         * @param inputs the numbers of the nodes whose values it takes
         * @return the number of its own
         * @throws IllegalArgumentException when it cannot take them
         */
        public int add(CovarianceOp op, int... inputs) {
            List<Integer> numbers = Arrays.stream(inputs).boxed().toList();
            List<Extents> extents = numbers.stream().map(this::extents).toList();
            nodes.add(new Node(op, numbers, op.extents(extents)));
            return nodes.size() - 1;
        }

        /** The spatial extents of a node's value. */
        public Extents extents(int node) {
            return nodes.get(node).extents();
        }

        /** The program that ends with a node, without what that does not need. */
        public CovarianceProgram program(int output) {
            boolean[] needed = new boolean[output + 1];
            needed[output] = true;
            for (int index = output; index >= 0; index--) {
                if (needed[index]) {
                    nodes.get(index).inputs().forEach(input -> needed[input] = true);
                }
            }
            List<Integer> renumbered = new ArrayList<>(Collections.nCopies(output + 1, -1));
            List<Node> kept = new ArrayList<>();
            for (int index = 0; index <= output; index++) {
                if (needed[index]) {
                    Node node = nodes.get(index);
                    renumbered.set(index, kept.size());
                    kept.add(
                            new Node(
                                    node.op(),
                                    node.inputs().stream().map(renumbered::get).toList(),
                                    node.extents()));
                }
            }
            return new CovarianceProgram(kept);
        }
    }
}
