package dev.jtangents.simd;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a map loop needs of each example, computed once per example and layer and never once per
 * pair: one line of numbers per factor, with an entry for each example, or for each position of
 * each example.
 */
public final class FactorTable {
    private final DType dtype;
    private final MemorySegment values;
    private final int factors;
    private final long entries;
    private final long entryStep;

    /** Room for a number of factors of a number of entries, on an arena. */
    public FactorTable(Arena arena, DType dtype, int factors, long entries) {
        this(arena, dtype, factors, entries, 0);
    }

    /**
     * Room for a number of factors of a number of entries, on an arena.
     *
     * @param entryStep how far apart the factors of two neighbouring entries are
     */
    public FactorTable(Arena arena, DType dtype, int factors, long entries, long entryStep) {
        this.dtype = dtype;
        this.factors = factors;
        this.entries = entries;
        this.entryStep = entryStep;
        values = Tensor.allocate(arena, dtype, Shape.of(factors, stride())).segment();
    }

    /** Elements from one factor to the next; loops may read in whole vectors. */
    private long stride() {
        return entries + Run.PADDING;
    }

    /** How far apart the factors of two neighbouring entries are. */
    long entryStep() {
        return entryStep;
    }

    /** Sets the factors of an entry. */
    public void set(long entry, double[] factors) {
        for (int factor = 0; factor < factors.length; factor++) {
            long at = index(factor, entry, 1);
            dtype.write(values, at, factors[factor]);
        }
    }

    /**
     * Sets the factors of neighbouring entries.
     *
     * @param factors for each factor those of all entries, from an index on
     */
    public void set(long entry, double[][] factors, int from, int count) {
        for (int factor = 0; factor < factors.length; factor++) {
            dtype.write(values, index(factor, entry, count), factors[factor], from, count);
        }
    }

    /** A factor of an entry. */
    public double get(int factor, long entry) {
        return dtype.read(values, index(factor, entry, 1));
    }

    /** All lines of factors. */
    public MemorySegment segment() {
        return values;
    }

    /** The index, in elements, of a factor of an entry, once the run from there is known to fit. */
    public long index(int factor, long entry, int length) {
        if (factor >= factors) {
            throw new IndexOutOfBoundsException("Factor " + factor + " of " + factors + ".");
        }
        if (entry < 0 || entry + length > entries) {
            throw new IndexOutOfBoundsException(
                    "Entries " + entry + " to " + (entry + length) + " of " + entries + ".");
        }
        return factor * stride() + entry;
    }

    /**
     * The index of a factor of the entry that the entries of a run's cells are counted from, once
     * all of them are known to fit.
     */
    long origin(Run run, int factor, long entry, int length) {
        index(factor, entry + run.entries[0] * entryStep, length);
        index(factor, entry + run.entries[run.cells - 1] * entryStep, length);
        return factor * stride() + entry;
    }

    /** The same for the cells of a plane, whose entries have to be as far apart as they are. */
    long origin(PlaneRun run, int factor, long entry) {
        if (entryStep != run.stride) {
            throw new IndexOutOfBoundsException(
                    "Entries " + entryStep + " apart for cells " + run.stride + " apart.");
        }
        index(factor, entry + run.firstEntry() * entryStep, run.length);
        index(factor, entry + run.lastEntry() * entryStep, run.length);
        return factor * stride() + entry;
    }
}
