package dev.jtangents.simd;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;

/** {@link LaneLoops#scatter} in f64, a vector of all cells after another. */
final class DoubleScatter {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final MemorySegment MEMORY = Addresses.MEMORY;

    private DoubleScatter() {}

    /** Adds cells within the bounds of the segments to others that are, too. */
    static void apply(
            MemorySegment nngp,
            @Nullable MemorySegment ntk,
            long target,
            int cells,
            int[] to,
            double[] weights,
            long source,
            int count,
            int length) {
        long memory = Addresses.ofTarget(nngp);
        long toNtk = ntk == null ? 0 : Addresses.ofTarget(ntk) - memory;
        long cellBytes = (long) length * Double.BYTES;
        for (int i = 0; i < length; i += SPECIES.length()) {
            long into = memory + (target + i) * Double.BYTES;
            long from = memory + (source + i) * Double.BYTES;
            if (ntk == null) {
                add(into, cells, to, weights, from, count, cellBytes);
            } else {
                addBoth(into, cells, to, weights, from, count, cellBytes, toNtk);
            }
        }
    }

    private static void add(
            long into, int cells, int[] to, double[] weights, long from, int count, long step) {
        for (int k = 0; k < count; k++) {
            if (to[k] >= 0) {
                long at = into + Objects.checkIndex(to[k], cells) * step;
                load(from)
                        .fma(broadcast(weights[k]), load(at))
                        .intoMemorySegment(MEMORY, at, ORDER);
            }
            from += step;
        }
    }

    private static void addBoth(
            long into,
            int cells,
            int[] to,
            double[] weights,
            long from,
            int count,
            long step,
            long toNtk) {
        for (int k = 0; k < count; k++) {
            if (to[k] >= 0) {
                long at = into + Objects.checkIndex(to[k], cells) * step;
                DoubleVector weight = broadcast(weights[k]);
                load(from).fma(weight, load(at)).intoMemorySegment(MEMORY, at, ORDER);
                load(from + toNtk)
                        .fma(weight, load(at + toNtk))
                        .intoMemorySegment(MEMORY, at + toNtk, ORDER);
            }
            from += step;
        }
    }

    private static DoubleVector load(long address) {
        return DoubleVector.fromMemorySegment(SPECIES, MEMORY, address, ORDER);
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
