package dev.jtangents.layers.twin;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

/** Row-major numbers and their shape. */
public record Array(double[] data, long... shape) {
    int extent(int axis) {
        return Math.toIntExact(shape[axis]);
    }

    int rank() {
        return shape.length;
    }

    int[] extents() {
        return LongStream.of(shape).mapToInt(Math::toIntExact).toArray();
    }

    /** An array as the golden cases encode it. */
    static Array decode(Object json) {
        Map<?, ?> members = (Map<?, ?>) json;
        List<?> data = (List<?>) Objects.requireNonNull(members.get("data"));
        List<?> shape = (List<?>) Objects.requireNonNull(members.get("shape"));
        return new Array(
                Arguments.doubles(data),
                shape.stream().mapToLong(extent -> ((Double) extent).longValue()).toArray());
    }
}
