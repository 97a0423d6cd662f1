package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.graph.finite.Value;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Sums and means of finite activations over some of their axes, which become of extent 1. */
final class AxisMeans {
    /** Where everything is masked the mean is 0. */
    private static final ScalarFunction SHARE =
            ScalarFunction.withoutDerivative("a share of a mean", count -> 1 / Math.max(count, 1));

    private AxisMeans() {}

    static Value sum(FiniteBuilder program, Value x, List<Integer> axes) {
        Value sum = x;
        for (int axis : axes) {
            sum = along(program, sum, axis, 1);
        }
        return sum;
    }

    /**
     * The mean.
     *
     * @param present 0 for what does not count and 1 for what does, with axes of extent 1 where it
     *     is the same all along; null when everything counts
     */
    static Value mean(FiniteBuilder program, Value x, List<Integer> axes, @Nullable Value present) {
        if (present == null) {
            Value mean = x;
            for (int axis : axes) {
                mean = along(program, mean, axis, 1.0 / x.shape().extent(axis));
            }
            return mean;
        }
        Value counted = program.broadcast(present, x.shape());
        Value sum = sum(program, program.multiply(x, counted), axes);
        return program.multiply(sum, program.map(sum(program, counted, axes), SHARE));
    }

    private static Value along(FiniteBuilder program, Value x, int axis, double weight) {
        int extent = Math.toIntExact(x.shape().extent(axis));
        return program.along(x, axis, PoolingMatrix.global(extent, weight));
    }
}
