package dev.jtangents.predict.solver;

import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** Some of the examples of a set: a range, or a list of indices in any order. */
public final class Selection {
    private final long from;
    private final long size;
    private final long @Nullable [] indices;

    private Selection(long from, long size, long @Nullable [] indices) {
        this.from = from;
        this.size = size;
        this.indices = indices;
    }

    /** The examples {@code from} to {@code to} (exclusive). */
    public static Selection range(long from, long to) {
        return new Selection(from, to - from, null);
    }

    /** The examples of these indices. */
    public static Selection of(long... indices) {
        return new Selection(0, indices.length, indices.clone());
    }

    /** How many there are. */
    public long size() {
        return size;
    }

    /** Whether these are neighbours, so that {@link #of(Tensor, int)} gives a view. */
    boolean isRange() {
        return indices == null;
    }

    /** A range of these. */
    Selection part(Selection range) {
        return indices == null
                ? range(from + range.from, from + range.from + range.size)
                : of(
                        Arrays.copyOfRange(
                                indices,
                                Math.toIntExact(range.from),
                                Math.toIntExact(range.from + range.size)));
    }

    /** The index, among all examples, of one of these. */
    public long index(long i) {
        return indices == null ? from + i : indices[Math.toIntExact(i)];
    }

    /**
     * These indices of one axis of an array: a view for a range, else a copy that owns its memory.
     * Closing either is right.
     */
    public Tensor of(Tensor array, int axis) {
        if (indices == null) {
            return array.slice(axis, from, from + size);
        }
        Shape shape = array.shape().with(axis, size);
        Tensor gathered = Tensor.allocate(array.dtype(), shape);
        try {
            for (long i = 0; i < size; i++) {
                long index = index(i);
                gathered.slice(axis, i, i + 1).assign(array.slice(axis, index, index + 1));
            }
            return gathered;
        } catch (RuntimeException | Error failure) {
            gathered.close();
            throw failure;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Selection selection
                && from == selection.from
                && size == selection.size
                && Arrays.equals(indices, selection.indices);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(31 * from + size) ^ Arrays.hashCode(indices);
    }
}
