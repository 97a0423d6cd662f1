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
    /** Entries that are copied for one example after the other: their cache lines stay near. */
    private static final int RUN = 64;

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
        copy(table, first, this);
    }

    /**
     * Copies the factors of neighbouring examples, which are side by side in the table.
     *
     * @param table a table of the dtype of all of them
     * @param first where the factors of entry 0 of the first example are
     */
    public static void copy(FactorTable table, long first, OwnFactors... examples) {
        int factors = examples[0].factors;
        int entries = examples[0].entries;
        long step = table.entryStep();
        for (int factor = 0; factor < factors; factor++) {
            table.index(factor, first + (entries - 1) * step, examples.length);
            long start = table.index(factor, first, examples.length);
            for (int from = 0; from < entries; from += RUN) {
                int to = Math.min(entries, from + RUN);
                for (int example = 0; example < examples.length; example++) {
                    examples[example].copy(
                            table.segment(), start + example, step, factor, from, to);
                }
            }
        }
    }

    private void copy(MemorySegment values, long start, long step, int factor, int from, int to) {
        int at = factor * entries;
        if (floats.length > 0) {
            for (int i = from; i < to; i++) {
                floats[at + i] = values.getAtIndex(ValueLayout.JAVA_FLOAT, start + i * step);
            }
        } else {
            for (int i = from; i < to; i++) {
                doubles[at + i] = values.getAtIndex(ValueLayout.JAVA_DOUBLE, start + i * step);
            }
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
