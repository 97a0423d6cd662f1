package dev.jtangents.graph;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Constants of each example of both batches, a number of values apiece: for instance one per
 * position, 0 where it is masked.
 *
 * @param width how many values an example has
 * @param first those of the first batch, example by example
 * @param second those of the second batch; where both batches are one, the same array
 */
public record PerExample(int width, double[] first, double[] second) {
    /** The value of an example of a side. */
    double get(Side side, long example, int index) {
        return values(side)[Math.toIntExact(example * width + index)];
    }

    double[] values(Side side) {
        return side == Side.FIRST ? first : second;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PerExample that
                && width == that.width
                && Arrays.equals(first, that.first)
                && Arrays.equals(second, that.second);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(first) * 31 + Arrays.hashCode(second);
    }

    @Override
    public String toString() {
        return width + " values per example";
    }
}
