package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.function.ToDoubleFunction;

/** Arrays by what each element is. */
final class Elements {
    private Elements() {}

    /** An f64 array; the caller closes it. */
    static Tensor of(Shape shape, ToDoubleFunction<long[]> element) {
        Tensor tensor = Tensor.allocate(DType.F64, shape);
        for (long flat = 0; flat < shape.size(); flat++) {
            long[] index = index(shape, flat);
            tensor.set(element.applyAsDouble(index), index);
        }
        return tensor;
    }

    /** The index of an element by its number in row-major order. */
    static long[] index(Shape shape, long number) {
        long[] index = new long[shape.rank()];
        long rest = number;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            index[axis] = rest % shape.extent(axis);
            rest /= shape.extent(axis);
        }
        return index;
    }

    /** The same index with another place along one axis. */
    static long[] with(long[] index, int axis, long place) {
        long[] changed = index.clone();
        changed[axis] = place;
        return changed;
    }

    /** Up to a tolerance relative to the largest. */
    static void assertClose(Tensor expected, Tensor actual, double tolerance, String what) {
        assertEquals(expected.shape(), actual.shape(), what);
        double[] wanted = expected.toArray();
        double[] found = actual.toArray();
        double largest = RandomNetworks.largest(wanted);
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], found[i], tolerance * largest, what + " at " + i);
        }
    }
}
