package dev.jtangents.layers.twin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A window that slides over a grid: at output o its tap d sees the input o · stride + d − low. */
record Window(int[] shape, int[] strides, Padding padding) {
    enum Padding {
        SAME,
        VALID,
        CIRCULAR
    }

    private static final int OUTSIDE = -1;

    static Window of(int[] shape, Arguments arguments) {
        int[] ones = new int[shape.length];
        Arrays.fill(ones, 1);
        return new Window(
                shape,
                arguments.integers("strides", ones),
                Padding.valueOf(arguments.text("padding", "VALID")));
    }

    /** The same with its axes in another order. */
    Window permuted(int[] order) {
        return new Window(
                new Grid(shape).permuted(order).extents(),
                new Grid(strides).permuted(order).extents(),
                padding);
    }

    int size() {
        return new Grid(shape).size();
    }

    Grid output(Grid input) {
        int[] extents = new int[input.rank()];
        for (int axis = 0; axis < extents.length; axis++) {
            extents[axis] = output(axis, input.extents()[axis]);
        }
        return new Grid(extents);
    }

    private int output(int axis, int extent) {
        return padding == Padding.VALID
                ? Math.max(Math.floorDiv(extent - shape[axis], strides[axis]) + 1, 0)
                : Math.ceilDiv(extent, strides[axis]);
    }

    private int low(int axis, int extent) {
        if (padding == Padding.VALID) {
            return 0;
        }
        int last = (output(axis, extent) - 1) * strides[axis] + shape[axis];
        return Math.max(last - extent, 0) / 2;
    }

    private int source(int axis, int extent, int output, int tap) {
        int source = output * strides[axis] + tap - low(axis, extent);
        if (padding == Padding.CIRCULAR) {
            return Math.floorMod(source, extent);
        }
        return source >= 0 && source < extent ? source : OUTSIDE;
    }

    /** For every tap which input each output sees through it. */
    List<double[][]> taps(Grid input) {
        List<double[][]> taps = new ArrayList<>();
        Grid window = new Grid(shape);
        for (int tap = 0; tap < window.size(); tap++) {
            taps.add(selection(input, window.coordinates(tap)));
        }
        return taps;
    }

    /** Which input each output has at the centre of its window. */
    double[][] centres(Grid input) {
        int[] centre = new int[shape.length];
        for (int axis = 0; axis < centre.length; axis++) {
            centre[axis] = (shape[axis] - 1) / 2;
        }
        return selection(input, centre);
    }

    private double[][] selection(Grid input, int[] tap) {
        Grid output = output(input);
        double[][] map = new double[output.size()][input.size()];
        for (int position = 0; position < output.size(); position++) {
            int[] sources = output.coordinates(position);
            boolean inside = true;
            for (int axis = 0; axis < sources.length; axis++) {
                sources[axis] = source(axis, input.extents()[axis], sources[axis], tap[axis]);
                inside &= sources[axis] != OUTSIDE;
            }
            if (inside) {
                map[position][input.position(sources)] = 1;
            }
        }
        return map;
    }
}
