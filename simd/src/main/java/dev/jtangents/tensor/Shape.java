package dev.jtangents.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The extents of a tensor, one per axis; immutable. The product of the extents fits a long. */
public final class Shape {
    private final long[] extents;
    private final long size;

    private Shape(long[] extents) {
        this.extents = extents;
        this.size = checkedSize(extents);
    }

    /**
     * A shape of the given extents; none for a scalar.
     *
     * @throws InputException when an extent is negative or the number of elements overflows a long
     */
    public static Shape of(long... extents) {
        return new Shape(extents.clone());
    }

    /** The number of axes. */
    public int rank() {
        return extents.length;
    }

    /** The number of elements. */
    public long size() {
        return size;
    }

    /** The extent of an axis; negative axes count from the end. */
    public long extent(int axis) {
        return extents[axis(axis)];
    }

    /** All extents, as a copy. */
    public long[] extents() {
        return extents.clone();
    }

    /**
     * The axis as a number from 0; negative axes count from the end.
     *
     * @throws InputException when there is no such axis
     */
    public int axis(int axis) {
        int canonical = axis < 0 ? axis + extents.length : axis;
        if (canonical < 0 || canonical >= extents.length) {
            throw new InputException(
                    "Axis " + axis + " does not exist in an array of shape " + this + ".");
        }
        return canonical;
    }

    /** This shape with another extent on one axis. */
    public Shape with(int axis, long extent) {
        long[] changed = extents.clone();
        changed[axis(axis)] = extent;
        return new Shape(changed);
    }

    /** This shape without one axis. */
    public Shape without(int axis) {
        int dropped = axis(axis);
        return new Shape(
                IntStream.range(0, extents.length)
                        .filter(i -> i != dropped)
                        .mapToLong(i -> extents[i])
                        .toArray());
    }

    /** The elements from one index to the next along each axis, in row-major order. */
    public long[] rowMajorStrides() {
        long[] strides = new long[extents.length];
        long stride = 1;
        for (int axis = extents.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= Math.max(extents[axis], 1);
        }
        return strides;
    }

    private static long checkedSize(long[] extents) {
        long product = 1;
        boolean empty = false;
        for (long extent : extents) {
            if (extent < 0) {
                throw new InputException(
                        "Shape " + text(extents) + " has a negative extent; extents count from 0.");
            }
            empty |= extent == 0;
            long high = Math.multiplyHigh(product, Math.max(extent, 1));
            product *= Math.max(extent, 1);
            if (high != 0 || product < 0) {
                throw new InputException(
                        "Shape "
                                + text(extents)
                                + " claims more elements than memory can address.");
            }
        }
        return empty ? 0 : product;
    }

    private static String text(long[] extents) {
        return Arrays.stream(extents)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "(", extents.length == 1 ? ",)" : ")"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(extents);
    }

    /** The extents as NumPy prints them, for instance {@code (3, 4)}. */
    @Override
    public String toString() {
        return text(extents);
    }
}
