package dev.jtangents.layers;

import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The spatial extents of a network's output, and the order in which users see pairs of positions:
 * each axis twice in a row.
 */
record SpatialLayout(List<Long> extents) {
    static SpatialLayout of(Propagation result) {
        Shape shape = result.shape1();
        return new SpatialLayout(
                IntStream.range(0, shape.rank())
                        .filter(axis -> axis != result.batchAxis() && axis != result.channelAxis())
                        .mapToObj(shape::extent)
                        .toList());
    }

    long positions() {
        return extents.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }

    /** How many copies of a kernel there are at once while it is brought into the users' order. */
    int copies() {
        return extents.isEmpty() ? 1 : 2;
    }

    /**
     * From (N1 positions, N2 positions) to (N1, N2, H, H, W, W, ...); closes the given tensor when
     * it makes another.
     */
    Tensor interleaved(Tensor kernel) {
        if (extents.isEmpty()) {
            return kernel;
        }
        long rows = kernel.shape().extent(0) / positions();
        long columns = kernel.shape().extent(1) / positions();
        List<Long> split = new ArrayList<>();
        split.add(rows);
        split.addAll(extents);
        split.add(columns);
        split.addAll(extents);
        int spatial = extents.size();
        List<Integer> order = new ArrayList<>(List.of(0, spatial + 1));
        for (int axis = 1; axis <= spatial; axis++) {
            order.add(axis);
            order.add(spatial + 1 + axis);
        }
        return rearranged(kernel, split, order);
    }

    /** From (N, positions, positions) to (N, H, H, W, W, ...); closes the given tensor. */
    Tensor interleavedSelf(Tensor covariances) {
        List<Long> split = new ArrayList<>();
        split.add(covariances.shape().extent(0));
        split.addAll(extents);
        split.addAll(extents);
        int spatial = extents.size();
        List<Integer> order = new ArrayList<>(List.of(0));
        for (int axis = 1; axis <= spatial; axis++) {
            order.add(axis);
            order.add(spatial + axis);
        }
        return rearranged(covariances, split, order);
    }

    private static Tensor rearranged(Tensor tensor, List<Long> split, List<Integer> order) {
        try (tensor) {
            return tensor.reshape(split.stream().mapToLong(Long::longValue).toArray())
                    .transpose(order.stream().mapToInt(Integer::intValue).toArray())
                    .copy(tensor.dtype());
        }
    }
}
