package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Window.Padding;

import java.util.ArrayList;
import java.util.List;

/**
 * The window of a transposed convolution: its tap d brings input i to the output i · stride − d +
 * high. CIRCULAR is VALID, wrapped around to the extents of SAME.
 */
record TransposedWindow(int[] shape, int[] strides, Padding padding) {
    Grid output(Grid input) {
        int[] extents = new int[input.rank()];
        for (int axis = 0; axis < extents.length; axis++) {
            extents[axis] =
                    input.extents()[axis] * strides[axis]
                            + (padding == Padding.VALID ? overhang(axis) : 0);
        }
        return new Grid(extents);
    }

    private int overhang(int axis) {
        return Math.max(shape[axis] - strides[axis], 0);
    }

    private int high(int axis) {
        int valid = shape[axis] - 1;
        return switch (padding) {
            case VALID -> valid;
            case CIRCULAR -> valid - overhang(axis) / 2;
            case SAME ->
                    strides[axis] > valid
                            ? valid
                            : Math.ceilDiv(shape[axis] + strides[axis] - 2, 2);
        };
    }

    /** For every tap which input, if any, each output has from it. */
    List<double[][]> taps(Grid input) {
        List<double[][]> taps = new ArrayList<>();
        Grid window = new Grid(shape);
        for (int tap = 0; tap < window.size(); tap++) {
            taps.add(selection(input, window.coordinates(tap)));
        }
        return taps;
    }

    private double[][] selection(Grid input, int[] tap) {
        Grid output = output(input);
        double[][] map = new double[output.size()][input.size()];
        for (int position = 0; position < input.size(); position++) {
            int[] targets = input.coordinates(position);
            boolean inside = true;
            for (int axis = 0; axis < targets.length; axis++) {
                int extent = output.extents()[axis];
                int target = targets[axis] * strides[axis] - tap[axis] + high(axis);
                targets[axis] =
                        padding == Padding.CIRCULAR ? Math.floorMod(target, extent) : target;
                inside &= targets[axis] >= 0 && targets[axis] < extent;
            }
            if (inside) {
                map[output.position(targets)][position] = 1;
            }
        }
        return map;
    }

    /** A mask goes through as if the padding were SAME. */
    TransposedWindow forMasks() {
        return padding == Padding.CIRCULAR
                ? new TransposedWindow(shape, strides, Padding.SAME)
                : this;
    }
}
