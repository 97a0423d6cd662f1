package dev.jtangents.layers.twin;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/**
 * What a kernel is asked of: the arrays of the two batches, of which the second may be empty, what
 * stands for no input, and the graphs of both batches, if any.
 */
public record Inputs(
        List<Array> x1, List<Array> x2, @Nullable Double maskConstant, List<Array> patterns) {
    public static Inputs of(List<Array> x1, List<Array> x2) {
        return new Inputs(x1, x2, null, List.of());
    }

    public boolean hasX2() {
        return !x2.isEmpty();
    }

    /** Whether there is a second batch of other examples. */
    boolean hasOtherExamples() {
        if (!hasX2()) {
            return false;
        }
        for (int k = 0; k < x1.size(); k++) {
            if (!Arrays.equals(x1.get(k).shape(), x2.get(k).shape())
                    || !Arrays.equals(x1.get(k).data(), x2.get(k).data())) {
                return true;
            }
        }
        return false;
    }
}
