package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A graph for each example of a batch, read as maps of positions: matrices of (examples, receiving
 * positions, sending positions).
 */
final class Graphs {
    private final String name;
    private final Tensor pattern;
    private final int examples;
    private final Extents extents;
    private final List<Integer> nodeAxes;

    /** Of each node, the positions that it stands for; k-th with k-th of another node. */
    private final int[][] positionsOf;

    /**
     * Reads graphs.
     *
     * @param name what messages call the array
     * @param pattern the graphs as {@link Aggregate} describes them
     * @param extents the positions that are mapped
     * @param nodeAxes which of their axes are the graphs' nodes, in the order of the graphs' axes
     */
    Graphs(String name, Tensor pattern, int examples, Extents extents, List<Integer> nodeAxes) {
        this.name = name;
        this.pattern = pattern;
        this.examples = examples;
        this.extents = extents;
        this.nodeAxes = nodeAxes;
        this.positionsOf = positionsOf();
    }

    private int[][] positionsOf() {
        List<Integer> order = new ArrayList<>(nodeAxes);
        IntStream.range(0, extents.rank())
                .filter(axis -> !order.contains(axis))
                .forEach(order::add);
        int[] positions =
                PositionMaps.permutation(extents, order).indices().stream()
                        .mapToInt(row -> row[0])
                        .toArray();
        int each = positions.length / nodeCount();
        return IntStream.range(0, nodeCount())
                .mapToObj(node -> Arrays.copyOfRange(positions, node * each, (node + 1) * each))
                .toArray(int[][]::new);
    }

    /** Graphs that are written as weights of (examples, senders, receivers). */
    double[] ofWeights() {
        long[] nodes = nodeAxes.stream().mapToLong(extents::size).toArray();
        require(
                LongStream.concat(
                        LongStream.of(examples),
                        LongStream.concat(LongStream.of(nodes), LongStream.of(nodes))));
        double[] weights = pattern.toArray();
        for (double weight : weights) {
            Checks.finite("A weight of " + name, weight);
        }
        double[] matrices = matrices();
        int count = nodeCount();
        for (int i = 0; i < weights.length; i++) {
            int example = i / count / count;
            connect(matrices, example, i / count % count, i % count, weights[i]);
        }
        return matrices;
    }

    /** Graphs that are written as edges of (examples, edges, axes, sender and receiver). */
    double[] ofEdges() {
        Shape shape = pattern.shape();
        long edges = shape.rank() > 1 ? shape.extent(1) : 0;
        int axes = nodeAxes.size();
        boolean withoutAxes = axes == 1 && shape.rank() == 3;
        require(
                withoutAxes
                        ? LongStream.of(examples, edges, 2)
                        : LongStream.of(examples, edges, axes, 2));
        double[] numbers = pattern.toArray();
        double[] matrices = matrices();
        for (int edge = 0; edge < examples * edges; edge++) {
            double[] ends = Arrays.copyOfRange(numbers, edge * axes * 2, (edge + 1) * axes * 2);
            if (Arrays.stream(ends).allMatch(coordinate -> coordinate >= 0)) {
                int example = Math.toIntExact(edge / edges);
                connect(matrices, example, node(ends, 0), node(ends, 1), 1);
            }
        }
        return matrices;
    }

    /** The number of the node at the coordinates of an edge's sender (0) or receiver (1). */
    private int node(double[] ends, int which) {
        int node = 0;
        for (int k = 0; k < nodeAxes.size(); k++) {
            double coordinate = ends[2 * k + which];
            int size = extents.size(nodeAxes.get(k));
            if (coordinate >= size || coordinate != Math.rint(coordinate)) {
                throw new InputException(
                        name
                                + " has an edge with a node "
                                + Arguments.plain(coordinate)
                                + "; nodes along that axis are whole numbers from 0 to "
                                + (size - 1)
                                + ", or negative in edges that do not count.");
            }
            node = node * size + (int) coordinate;
        }
        return node;
    }

    /** Adds an edge, at all positions of the axes that are not nodes. */
    private void connect(double[] matrices, int example, int from, int to, double weight) {
        int[] senders = positionsOf[from];
        int[] receivers = positionsOf[to];
        int positions = extents.positions();
        for (int k = 0; k < senders.length; k++) {
            matrices[(example * positions + receivers[k]) * positions + senders[k]] += weight;
        }
    }

    private int nodeCount() {
        return nodeAxes.stream().mapToInt(extents::size).reduce(1, Math::multiplyExact);
    }

    private double[] matrices() {
        double size = (double) examples * extents.positions() * extents.positions();
        if (size > Integer.MAX_VALUE - 8) {
            throw new InputException(
                    "The graphs of "
                            + examples
                            + " examples over "
                            + extents
                            + " positions are too large; take fewer examples at a time.");
        }
        return new double[(int) size];
    }

    private void require(LongStream extentsOfPattern) {
        Shape expected = Shape.of(extentsOfPattern.toArray());
        if (!pattern.shape().equals(expected)) {
            throw new InputException(
                    name
                            + " has shape "
                            + pattern.shape()
                            + "; the graphs of "
                            + examples
                            + " examples over "
                            + extents
                            + " positions, written so, have shape "
                            + expected
                            + ".");
        }
    }
}
