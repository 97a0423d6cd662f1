package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Covariances;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * DotGeneral: a contraction of spatial axes with a constant array. Every axis has a label: the
 * inputs' axes their number, the constant's the number of the input's axis that it meets, or a new
 * one. The outputs have the axes of both factors that are batched, then what is left of the left
 * factor, then of the right one.
 */
record Contraction(Array constant, List<Integer> constantLabels, List<Integer> outputLabels) {
    static Layer dotGeneral(Arguments arguments) {
        boolean left = arguments.has("lhs");
        Object constant = Objects.requireNonNull(arguments.value(left ? "lhs" : "rhs"));
        if (constant instanceof Double scalar) {
            return input -> scaled(input, scalar);
        }
        Array array = Array.decode(constant);
        int own = left ? 0 : 1;
        int[][] contracted = axes(arguments, 0);
        int[][] batched = axes(arguments, 1);
        return input ->
                of(
                                input.layout().rank(),
                                array,
                                left,
                                List.of(contracted[own], contracted[1 - own]),
                                List.of(batched[own], batched[1 - own]))
                        .apply(input);
    }

    private static Covariances scaled(Covariances input, double scalar) {
        double[][] map = Matrices.identity(input.layout().elements());
        for (int element = 0; element < map.length; element++) {
            map[element][element] = scalar;
        }
        return input.mapped(map, input.layout());
    }

    private static int[][] axes(Arguments arguments, int kind) {
        if (arguments.value("dimension_numbers") instanceof List<?> numbers
                && numbers.get(kind) instanceof List<?> pair) {
            return new int[][] {
                Arguments.integers((List<?>) Objects.requireNonNull(pair.get(0))),
                Arguments.integers((List<?>) Objects.requireNonNull(pair.get(1)))
            };
        }
        return new int[2][0];
    }

    /** Of each pair of axes the constant's come first, then the inputs'. */
    private static Contraction of(
            int rank, Array constant, boolean left, List<int[]> contracted, List<int[]> batched) {
        List<Integer> labels = new ArrayList<>();
        List<Integer> constantLeft = new ArrayList<>();
        for (int axis = 0; axis < constant.rank(); axis++) {
            labels.add(rank + axis);
            constantLeft.add(rank + axis);
        }
        List<Integer> inputLeft = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            inputLeft.add(axis);
        }
        List<Integer> output = new ArrayList<>();
        for (List<int[]> pairs : List.of(batched, contracted)) {
            for (int k = 0; k < pairs.get(0).length; k++) {
                int axis = pairs.get(0)[k];
                Integer label = pairs.get(1)[k];
                labels.set(axis, label);
                constantLeft.remove((Integer) (rank + axis));
                inputLeft.remove(label);
                if (pairs == batched) {
                    output.add(label);
                }
            }
        }
        output.addAll(left ? constantLeft : inputLeft);
        output.addAll(left ? inputLeft : constantLeft);
        return new Contraction(constant, labels, output);
    }

    private Covariances apply(Covariances input) {
        Layout layout = input.layout();
        List<Integer> inputSpatial = new ArrayList<>();
        for (int axis = 0; axis < layout.rank(); axis++) {
            inputSpatial.add(axis);
        }
        List<Integer> outputSpatial = new ArrayList<>(outputLabels);
        for (List<Integer> labels : List.of(inputSpatial, outputSpatial)) {
            labels.removeAll(List.of(layout.batchAxis(), layout.channelAxis()));
        }
        Grid from = layout.grid();
        Grid to =
                new Grid(
                        outputSpatial.stream()
                                .mapToInt(label -> extent(label, inputSpatial, from))
                                .toArray());
        double[][] map = new double[to.size()][from.size()];
        for (int target = 0; target < to.size(); target++) {
            for (int source = 0; source < from.size(); source++) {
                map[target][source] =
                        weight(
                                outputSpatial,
                                to.coordinates(target),
                                inputSpatial,
                                from.coordinates(source));
            }
        }
        return input.mappedPositions(map, to)
                .withLayout(
                        layout.withGrid(to)
                                .withAxes(
                                        outputLabels.indexOf(layout.batchAxis()),
                                        outputLabels.indexOf(layout.channelAxis())));
    }

    private int extent(Integer label, List<Integer> inputSpatial, Grid from) {
        int axis = constantLabels.indexOf(label);
        return axis >= 0 ? constant.extent(axis) : from.extents()[inputSpatial.indexOf(label)];
    }

    /** The constant's element that leads from a position to another; 0 if none does. */
    private double weight(
            List<Integer> outputSpatial, int[] target, List<Integer> inputSpatial, int[] source) {
        Map<Integer, Integer> coordinates = new HashMap<>();
        for (int axis = 0; axis < source.length; axis++) {
            coordinates.put(inputSpatial.get(axis), source[axis]);
        }
        for (int axis = 0; axis < target.length; axis++) {
            Integer other = coordinates.put(outputSpatial.get(axis), target[axis]);
            if (other != null && other != target[axis]) {
                return 0;
            }
        }
        int[] element =
                constantLabels.stream()
                        .mapToInt(label -> Objects.requireNonNull(coordinates.get(label)))
                        .toArray();
        return constant.data()[new Grid(constant.extents()).position(element)];
    }
}
