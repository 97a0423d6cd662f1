package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Concatenation;
import dev.jtangents.graph.CovarianceOp.EqualPositions;
import dev.jtangents.graph.CovarianceOp.Permutation;
import dev.jtangents.graph.CovarianceOp.WindowSum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Which planes of its inputs a plane of a local operation is made of. */
final class LocalPlanes {
    private static final int[] NONE = {};

    private LocalPlanes() {}

    /**
     * The planes of an input that a plane of the output needs; none where all of it is 0.
     *
     * @param output the planes of the output
     * @param input the planes of the input
     */
    static int[] needed(CovarianceOp op, Planes output, int plane, Planes input) {
        return switch (op) {
            case EqualPositions ignored -> plane == output.zero() ? new int[] {plane} : NONE;
            case WindowSum(SpatialWindow window) ->
                    window(window, output.displacement(plane), input);
            case Permutation(List<Integer> axes) ->
                    one(input.plane(permuted(axes, output.displacement(plane))));
            case Concatenation ignored -> one(input.plane(output.displacement(plane)));
            default -> new int[] {plane};
        };
    }

    private static int[] one(int plane) {
        return plane < 0 ? NONE : new int[] {plane};
    }

    private static int[] permuted(List<Integer> axes, int[] output) {
        int[] input = new int[output.length];
        for (int axis = 0; axis < output.length; axis++) {
            input[axes.get(axis)] = output[axis];
        }
        return input;
    }

    private static int[] window(SpatialWindow window, int[] output, Planes input) {
        List<int[]> found = List.of(new int[output.length]);
        for (int axis = 0; axis < output.length; axis++) {
            int[] along = along(window, axis, output[axis], input.extents().size(axis));
            if (along.length == 1) {
                for (int[] displacement : found) {
                    displacement[axis] = along[0];
                }
            } else {
                List<int[]> longer = new ArrayList<>();
                for (int displacement : along) {
                    for (int[] before : found) {
                        int[] copy = before.clone();
                        copy[axis] = displacement;
                        longer.add(copy);
                    }
                }
                found = longer;
            }
        }
        int[] planes = new int[found.size()];
        for (int index = 0; index < planes.length; index++) {
            planes[index] = input.plane(found.get(index));
        }
        Arrays.sort(planes);
        return planes;
    }

    /** The displacements along an axis of the input that one of the output is made of. */
    private static int[] along(SpatialWindow window, int axis, int output, int inputSize) {
        int stride = window.stride().get(axis);
        if (window.circular()) {
            int period = window.transposed() ? window.output().size(axis) : inputSize;
            int in = window.transposed() ? stride : 1;
            int out = window.transposed() ? 1 : stride;
            return IntStream.range(1 - inputSize, inputSize)
                    .filter(displacement -> (displacement * in - output * out) % period == 0)
                    .toArray();
        }
        if (window.transposed() && output % stride != 0) {
            return NONE;
        }
        int displacement = window.transposed() ? output / stride : output * stride;
        return Math.abs(displacement) < inputSize ? new int[] {displacement} : NONE;
    }
}
