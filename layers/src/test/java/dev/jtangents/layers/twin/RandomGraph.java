package dev.jtangents.layers.twin;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The graphs that a network with Aggregate is given: the extents of their vertices, their kind. */
record RandomGraph(int[] vertices, boolean sparse) {
    List<Array> patterns(int first, int second, SplittableRandom random) {
        Array ofFirst = pattern(first, random);
        return List.of(ofFirst, second == 0 ? ofFirst : pattern(second, random));
    }

    private Array pattern(int examples, SplittableRandom random) {
        if (sparse) {
            int edges = 3;
            int axes = vertices.length;
            double[] data =
                    IntStream.range(0, examples * edges * axes * 2)
                            .mapToDouble(end -> random.nextInt(vertices[end / 2 % axes]))
                            .toArray();
            return new Array(data, examples, edges, axes, 2);
        }
        int size = new Grid(vertices).size();
        double[] data = random.doubles((long) examples * size * size, -1, 1).toArray();
        IntStream pairs = IntStream.concat(IntStream.of(vertices), IntStream.of(vertices));
        return new Array(
                data, IntStream.concat(IntStream.of(examples), pairs).asLongStream().toArray());
    }
}
