package dev.jtangents.simd;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a map loop needs of each example, computed once per example and layer and never once per
 * pair: one line of numbers per factor, examples side by side.
 */
public final class FactorTable {
    private final Tensor values;

    /** Room for a number of factors of a number of examples, on an arena. */
    public FactorTable(Arena arena, DType dtype, int factors, long examples) {
        values = Tensor.allocate(arena, dtype, Shape.of(factors, examples));
    }

    /** Sets the factors of one example. */
    public void set(long example, double[] factors) {
        for (int factor = 0; factor < factors.length; factor++) {
            values.set(factors[factor], factor, example);
        }
    }

    double get(int factor, long example) {
        return values.get(factor, example);
    }

    MemorySegment segment() {
        return values.segment();
    }

    /**
     * The index, in elements, of a factor of an example, once the run from there is known to fit.
     */
    long index(int factor, long example, int length) {
        long examples = values.shape().extent(1);
        if (example < 0 || example + length > examples) {
            throw new IndexOutOfBoundsException(
                    "Examples " + example + " to " + (example + length) + " of " + examples + ".");
        }
        return factor * examples + example;
    }
}
