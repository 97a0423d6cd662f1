package dev.jtangents.simd;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a map loop needs of each example, computed once per example and layer and never once per
 * pair: one line of numbers per factor, examples side by side.
 */
public final class FactorTable {
    private final DType dtype;
    private final MemorySegment values;
    private final long examples;
    private final long entryStep;

    /** Room for a number of factors of a number of examples, on an arena. */
    public FactorTable(Arena arena, DType dtype, int factors, long examples) {
        this(arena, dtype, factors, examples, 0);
    }

    /**
     * Room for a number of factors of a number of entries, on an arena.
     *
     * @param entryStep how far apart the factors of two neighbouring entries are
     */
    public FactorTable(Arena arena, DType dtype, int factors, long examples, long entryStep) {
        this.dtype = dtype;
        this.examples = examples;
        this.entryStep = entryStep;
        values = Tensor.allocate(arena, dtype, Shape.of(factors, stride())).segment();
    }

    /** Elements from one factor to the next; loops may read in whole vectors. */
    private long stride() {
        return examples + Run.PADDING;
    }

    /** How far apart the factors of two neighbouring entries are. */
    long entryStep() {
        return entryStep;
    }

    /** Sets the factors of one example. */
    public void set(long example, double[] factors) {
        for (int factor = 0; factor < factors.length; factor++) {
            long at = index(factor, example, 1);
            if (dtype == DType.F32) {
                values.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) factors[factor]);
            } else {
                values.setAtIndex(ValueLayout.JAVA_DOUBLE, at, factors[factor]);
            }
        }
    }

    /** A factor of one example. */
    public double get(int factor, long example) {
        long at = index(factor, example, 1);
        return dtype == DType.F32
                ? values.getAtIndex(ValueLayout.JAVA_FLOAT, at)
                : values.getAtIndex(ValueLayout.JAVA_DOUBLE, at);
    }

    /** All lines of factors. */
    public MemorySegment segment() {
        return values;
    }

    /**
     * The index, in elements, of a factor of an example, once the run from there is known to fit.
     */
    public long index(int factor, long example, int length) {
        if (example < 0 || example + length > examples) {
            throw new IndexOutOfBoundsException(
                    "Examples " + example + " to " + (example + length) + " of " + examples + ".");
        }
        return factor * stride() + example;
    }

    /** The index of entry 0, once all cells of a run are known to fit. */
    long entryZero(Run run, int factor, long example, int length) {
        long first = example + (long) run.entries[0] * entryStep;
        long last = example + (long) run.entries[run.cells - 1] * entryStep;
        index(factor, first, length);
        index(factor, last, length);
        return factor * stride() + example;
    }
}
