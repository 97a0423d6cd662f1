package dev.jtangents.graph.finite;

import java.util.List;

/** One operation on arrays. Axes count from 0. */
public sealed interface FiniteOp {
    /** The array that the program is applied to. */
    record Input() implements FiniteOp {}

    /** A parameter, counted from 0. */
    record Parameter(int index) implements FiniteOp {}

    /**
     * The product of the first input with a matrix of (in, out), the second input, along one axis,
     * times a factor.
     */
    record Contract(int axis, double factor) implements FiniteOp {}

    /** The first input plus a factor times the second, which has extent 1 where it is repeated. */
    record AddScaled(double factor) implements FiniteOp {}

    /** A function of each element. */
    record Map(ScalarFunction function) implements FiniteOp {}

    /** The axes in another order: axis i of the result is axis {@code axes.get(i)} of the input. */
    record Permute(List<Integer> axes) implements FiniteOp {}

    /** The same elements in another shape. */
    record Reshape(List<Long> extents) implements FiniteOp {}
}
