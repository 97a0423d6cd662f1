package dev.jtangents.simd;

import dev.jtangents.tensor.DType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The factors of one example at all entries, copied out of its table into an array: loops that read
 * one per cell read them faster from there. Mutable, so that a worker fills it again for the next
 * example.
 */
public final class OwnFactors {
    final float[] floats;
    final double[] doubles;
    final int entries;
    private final int factors;

    /** Room for the factors of a dtype. */
    public OwnFactors(DType dtype, int factors, int entries) {
        this.factors = factors;
        this.entries = entries;
        int size = Math.multiplyExact(factors, entries);
        floats = new float[dtype == DType.F32 ? size : 0];
        doubles = new double[dtype == DType.F64 ? size : 0];
    }

    /**
     * Copies the factors of an example.
     *
     * @param table a table of this dtype
     * @param first where the factors of its entry 0 are
     */
    public void copy(FactorTable table, long first) {
        long step = table.entryStep();
        MemorySegment values = table.segment();
        for (int factor = 0; factor < factors; factor++) {
            table.index(factor, first + (entries - 1) * step, 1);
            long from = table.index(factor, first, 1);
            int at = factor * entries;
            if (floats.length > 0) {
                copyFloats(values, from, step, at);
            } else {
                copyDoubles(values, from, step, at);
            }
        }
    }

    private void copyFloats(MemorySegment values, long from, long step, int at) {
        for (int entry = 0; entry < entries; entry++) {
            floats[at + entry] = values.getAtIndex(ValueLayout.JAVA_FLOAT, from + entry * step);
        }
    }

    private void copyDoubles(MemorySegment values, long from, long step, int at) {
        for (int entry = 0; entry < entries; entry++) {
            doubles[at + entry] = values.getAtIndex(ValueLayout.JAVA_DOUBLE, from + entry * step);
        }
    }

    /** Refuses a run whose entries are not all here. */
    void check(PlaneRun run) {
        if (run.firstEntry() < 0 || run.lastEntry() >= entries) {
            throw new IndexOutOfBoundsException(
                    "Entries "
                            + run.firstEntry()
                            + " to "
                            + run.lastEntry()
                            + " of "
                            + entries
                            + ".");
        }
    }
}
