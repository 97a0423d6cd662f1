package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A tensor of finite numbers that a layer keeps, row by row. */
record ConstantTensor(Shape shape, double[] values) {
    /** A copy of a tensor. */
    static ConstantTensor of(Tensor tensor) {
        return new ConstantTensor(tensor.shape(), tensor.toArray());
    }

    ConstantTensor {
        if (values.length != shape.size()) {
            throw new InputException(
                    "A constant of shape "
                            + shape
                            + " has "
                            + shape.size()
                            + " numbers; given were "
                            + values.length
                            + ".");
        }
        for (double value : values) {
            Checks.finite("An entry of a constant", value);
        }
    }

    double get(int[] index) {
        int at = 0;
        for (int axis = 0; axis < index.length; axis++) {
            at = at * extent(axis) + index[axis];
        }
        return values[at];
    }

    int extent(int axis) {
        return Math.toIntExact(shape.extent(axis));
    }

    /** As a model file writes it: a number, or an object of shape and data. */
    Object toTree() {
        if (shape.rank() == 0) {
            return values[0];
        }
        List<Integer> extents = Arrays.stream(shape.extents()).mapToObj(Math::toIntExact).toList();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("shape", extents);
        tree.put("data", Arrays.stream(values).boxed().toList());
        return tree;
    }
}
