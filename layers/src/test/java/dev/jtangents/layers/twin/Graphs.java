package dev.jtangents.layers.twin;

import java.util.List;
import java.util.stream.IntStream;

/** Aggregate: messages along the edges of a graph that each example has of its own. */
final class Graphs {
    private Graphs() {}

    /** The patterns are x1's and x2's; without any, an identity. */
    static Layer aggregate(Arguments arguments, List<Array> patterns) {
        boolean sparse = arguments.text("implementation", "DENSE").equals("SPARSE");
        return input -> {
            if (patterns.isEmpty()) {
                return input;
            }
            Layout layout = input.layout();
            int[] axes =
                    arguments.has("aggregate_axis")
                            ? IntStream.of(arguments.integers("aggregate_axis"))
                                    .map(layout::spatial)
                                    .toArray()
                            : IntStream.range(0, layout.grid().rank()).toArray();
            Grid vertices = layout.grid().permuted(axes);
            double[][] map = new double[layout.elements()][layout.elements()];
            for (int example = 0; example < layout.examples(); example++) {
                boolean inFirst = example < layout.first();
                Array pattern = patterns.get(inFirst ? 0 : 1);
                int row = inFirst ? example : example - layout.first();
                double[][] edges =
                        sparse ? counted(pattern, row, vertices) : dense(pattern, row, vertices);
                for (int target = 0; target < layout.grid().size(); target++) {
                    for (int source = 0; source < layout.grid().size(); source++) {
                        map[layout.element(example, target)][layout.element(example, source)] =
                                edge(edges, layout.grid(), axes, source, target);
                    }
                }
            }
            var aggregated = input.mapped(map, layout);
            return new Signal.Covariances(
                    layout, aggregated.nngp(), aggregated.ntk(), input.masked());
        };
    }

    /** The weight from a position to another: they may differ in the vertex only. */
    private static double edge(double[][] edges, Grid grid, int[] axes, int source, int target) {
        int[] from = grid.coordinates(source);
        int[] to = grid.coordinates(target);
        for (int axis = 0; axis < grid.rank(); axis++) {
            int other = axis;
            if (IntStream.of(axes).noneMatch(each -> each == other) && from[axis] != to[axis]) {
                return 0;
            }
        }
        Grid vertices = grid.permuted(axes);
        return edges[vertices.position(IntStream.of(axes).map(axis -> from[axis]).toArray())][
                vertices.position(IntStream.of(axes).map(axis -> to[axis]).toArray())];
    }

    private static double[][] dense(Array pattern, int example, Grid vertices) {
        int size = vertices.size();
        double[][] edges = new double[size][size];
        for (int from = 0; from < size; from++) {
            for (int to = 0; to < size; to++) {
                edges[from][to] = pattern.data()[(example * size + from) * size + to];
            }
        }
        return edges;
    }

    /** A list of pairs of sender and receiver, one pair an axis; negative ones are no edges. */
    private static double[][] counted(Array pattern, int example, Grid vertices) {
        double[][] edges = new double[vertices.size()][vertices.size()];
        int[] ends = new int[vertices.rank() * 2];
        for (int edge = 0; edge < pattern.extent(1); edge++) {
            for (int end = 0; end < ends.length; end++) {
                int row = example * pattern.extent(1) + edge;
                ends[end] = (int) pattern.data()[row * ends.length + end];
            }
            if (IntStream.of(ends).allMatch(end -> end >= 0)) {
                edges[vertex(vertices, ends, 0)][vertex(vertices, ends, 1)]++;
            }
        }
        return edges;
    }

    private static int vertex(Grid vertices, int[] ends, int which) {
        return vertices.position(
                IntStream.range(0, vertices.rank()).map(axis -> ends[2 * axis + which]).toArray());
    }
}
