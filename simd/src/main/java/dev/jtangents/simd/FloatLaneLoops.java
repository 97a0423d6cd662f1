package dev.jtangents.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The vector twin for f32. */
final class FloatLaneLoops implements LaneLoops {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final MemorySegment MEMORY = Addresses.MEMORY;
    private static final ValueLayout.OfFloat NUMBER = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private static void check(MemorySegment segment, long offset, int length) {
        Run.checkWhole(segment, offset, length, Float.BYTES, SPECIES.length());
    }

    @Override
    public void windowSum(
            MemorySegment target,
            long targetOffset,
            long targetStride,
            MemorySegment source,
            long sourceOffset,
            long[] rows,
            int rowCount,
            long zeros,
            long tapStride,
            int taps,
            int length) {
        if (taps < 1 || taps > TAPS) {
            throw new IllegalArgumentException("A window of " + taps + " taps");
        }
        long last = (taps - 1) * tapStride;
        checkRow(source, zeros, last, length);
        long memory = Addresses.of(source);
        long to = Addresses.ofTarget(target) + targetOffset * Float.BYTES;
        long tap = tapStride * Float.BYTES;
        int bytes = length * Float.BYTES;
        for (int row = 0; row < rowCount; row++) {
            long first = row(sourceOffset, rows[3 * row], zeros);
            long second = row(sourceOffset, rows[3 * row + 1], zeros);
            long third = row(sourceOffset, rows[3 * row + 2], zeros);
            check(target, targetOffset + row * targetStride, length);
            checkRow(source, first, last, length);
            checkRow(source, second, last, length);
            checkRow(source, third, last, length);
            long a = memory + first * Float.BYTES;
            long b = memory + second * Float.BYTES;
            long c = memory + third * Float.BYTES;
            switch (taps) {
                case 1 -> oneTap(to, a, b, c, bytes);
                case 2 -> twoTaps(to, a, b, c, tap, bytes);
                default -> threeTaps(to, a, b, c, tap, bytes);
            }
            to += targetStride * Float.BYTES;
        }
    }

    private static long row(long sourceOffset, long row, long zeros) {
        return row < 0 ? zeros : sourceOffset + row;
    }

    /** Checks cells that follow one another. */
    private static void checkCells(MemorySegment segment, long offset, int count, int length) {
        check(segment, offset, length);
        check(segment, offset + (count - 1L) * length, length);
    }

    private static void checkRow(MemorySegment source, long row, long last, int length) {
        check(source, row, length);
        check(source, row + last, length);
    }

    private static void oneTap(long to, long first, long second, long third, int bytes) {
        for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
            FloatVector.fromMemorySegment(SPECIES, MEMORY, first + i, ORDER)
                    .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, second + i, ORDER))
                    .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, third + i, ORDER))
                    .intoMemorySegment(MEMORY, to + i, ORDER);
        }
    }

    private static void twoTaps(long to, long first, long second, long third, long tap, int bytes) {
        for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
            FloatVector.fromMemorySegment(SPECIES, MEMORY, first + i, ORDER)
                    .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, second + i, ORDER))
                    .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, third + i, ORDER))
                    .add(
                            FloatVector.fromMemorySegment(SPECIES, MEMORY, first + i + tap, ORDER)
                                    .add(
                                            FloatVector.fromMemorySegment(
                                                    SPECIES, MEMORY, second + i + tap, ORDER))
                                    .add(
                                            FloatVector.fromMemorySegment(
                                                    SPECIES, MEMORY, third + i + tap, ORDER)))
                    .intoMemorySegment(MEMORY, to + i, ORDER);
        }
    }

    private static void threeTaps(
            long to, long first, long second, long third, long tap, int bytes) {
        for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
            FloatVector.fromMemorySegment(SPECIES, MEMORY, first + i, ORDER)
                    .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, second + i, ORDER))
                    .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, third + i, ORDER))
                    .add(
                            FloatVector.fromMemorySegment(SPECIES, MEMORY, first + i + tap, ORDER)
                                    .add(
                                            FloatVector.fromMemorySegment(
                                                    SPECIES, MEMORY, second + i + tap, ORDER))
                                    .add(
                                            FloatVector.fromMemorySegment(
                                                    SPECIES, MEMORY, third + i + tap, ORDER)))
                    .add(
                            FloatVector.fromMemorySegment(
                                            SPECIES, MEMORY, first + i + 2 * tap, ORDER)
                                    .add(
                                            FloatVector.fromMemorySegment(
                                                    SPECIES, MEMORY, second + i + 2 * tap, ORDER))
                                    .add(
                                            FloatVector.fromMemorySegment(
                                                    SPECIES, MEMORY, third + i + 2 * tap, ORDER)))
                    .intoMemorySegment(MEMORY, to + i, ORDER);
        }
    }

    @Override
    public void sumWindow(PlaneRun run, AffineStep step) {
        FloatSlidingSums.apply(run, step);
    }

    @Override
    public void add(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            int length) {
        check(target, targetOffset, length);
        check(source, sourceOffset, length);
        for (int i = 0; i < length; i += SPECIES.length()) {
            long to = (targetOffset + i) * Float.BYTES;
            long from = (sourceOffset + i) * Float.BYTES;
            FloatVector.fromMemorySegment(SPECIES, target, to, ORDER)
                    .add(FloatVector.fromMemorySegment(SPECIES, source, from, ORDER))
                    .intoMemorySegment(target, to, ORDER);
        }
    }

    @Override
    public void innerProducts(
            PlaneRun run,
            MemorySegment row,
            long rowOffset,
            MemorySegment columns,
            long columnOffset,
            long stride,
            int features) {
        FloatInnerProducts.ofOne(run, row, rowOffset, columns, columnOffset, stride, features);
    }

    @Override
    public void innerProductsOfPairs(
            PlaneRun run,
            MemorySegment rows,
            long rowOffset,
            MemorySegment columns,
            long columnOffset,
            long stride,
            int features) {
        FloatInnerProducts.ofPairs(run, rows, rowOffset, columns, columnOffset, stride, features);
    }

    @Override
    public void scatter(
            MemorySegment nngp,
            @Nullable MemorySegment ntk,
            long target,
            int cells,
            int[] to,
            double[] weights,
            long source,
            int count,
            int length) {
        if (count == 0) {
            return;
        }
        checkCells(nngp, target, cells, length);
        checkCells(nngp, source, count, length);
        if (ntk != null) {
            checkCells(ntk, target, cells, length);
            checkCells(ntk, source, count, length);
        }
        FloatScatter.apply(nngp, ntk, target, cells, to, weights, source, count, length);
    }

    @Override
    public void addSum(
            MemorySegment values, long target, double weight, long source, int count, int length) {
        if (count == 0) {
            return;
        }
        check(values, target, length);
        checkCells(values, source, count, length);
        long memory = Addresses.ofTarget(values);
        long cell = (long) length * Float.BYTES;
        for (int i = 0; i < length; i += SPECIES.length()) {
            long to = memory + (target + i) * Float.BYTES;
            long from = memory + (source + i) * Float.BYTES;
            // Four sums side by side: an addition waits for the one before it.
            FloatVector a = FloatVector.zero(SPECIES);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            int k = 0;
            for (; k + 3 < count; k += 4) {
                a = a.add(FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER));
                b = b.add(FloatVector.fromMemorySegment(SPECIES, MEMORY, from + cell, ORDER));
                c = c.add(FloatVector.fromMemorySegment(SPECIES, MEMORY, from + 2 * cell, ORDER));
                d = d.add(FloatVector.fromMemorySegment(SPECIES, MEMORY, from + 3 * cell, ORDER));
                from += 4 * cell;
            }
            for (; k < count; k++) {
                a = a.add(FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER));
                from += cell;
            }
            a.add(b)
                    .add(c.add(d))
                    .fma(
                            FloatVector.broadcast(SPECIES, (float) weight),
                            FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER))
                    .intoMemorySegment(MEMORY, to, ORDER);
        }
    }

    @Override
    public void addScaled(
            MemorySegment target,
            long targetOffset,
            double weight,
            MemorySegment source,
            long sourceOffset,
            int length) {
        check(target, targetOffset, length);
        check(source, sourceOffset, length);
        FloatVector common = FloatVector.broadcast(SPECIES, (float) weight);
        for (int i = 0; i < length; i += SPECIES.length()) {
            long to = (targetOffset + i) * Float.BYTES;
            long from = (sourceOffset + i) * Float.BYTES;
            FloatVector.fromMemorySegment(SPECIES, source, from, ORDER)
                    .fma(common, FloatVector.fromMemorySegment(SPECIES, target, to, ORDER))
                    .intoMemorySegment(target, to, ORDER);
        }
    }

    @Override
    public void scale(
            MemorySegment target,
            long targetOffset,
            double factor,
            MemorySegment factors,
            long factorsOffset,
            int length) {
        check(target, targetOffset, length);
        check(factors, factorsOffset, length);
        FloatVector common = FloatVector.broadcast(SPECIES, (float) factor);
        for (int i = 0; i < length; i += SPECIES.length()) {
            FloatVector.fromMemorySegment(SPECIES, target, (targetOffset + i) * Float.BYTES, ORDER)
                    .mul(
                            FloatVector.fromMemorySegment(
                                            SPECIES,
                                            factors,
                                            (factorsOffset + i) * Float.BYTES,
                                            ORDER)
                                    .mul(common))
                    .intoMemorySegment(target, (targetOffset + i) * Float.BYTES, ORDER);
        }
    }

    @Override
    public void addProducts(
            MemorySegment target,
            long targetOffset,
            double weight,
            MemorySegment a,
            long aOffset,
            MemorySegment b,
            long bOffset,
            int length) {
        check(target, targetOffset, length);
        check(a, aOffset, length);
        check(b, bOffset, length);
        FloatVector common = FloatVector.broadcast(SPECIES, (float) weight);
        for (int i = 0; i < length; i += SPECIES.length()) {
            FloatVector.fromMemorySegment(SPECIES, a, (aOffset + i) * Float.BYTES, ORDER)
                    .mul(common)
                    .fma(
                            FloatVector.fromMemorySegment(
                                    SPECIES, b, (bOffset + i) * Float.BYTES, ORDER),
                            FloatVector.fromMemorySegment(
                                    SPECIES, target, (targetOffset + i) * Float.BYTES, ORDER))
                    .intoMemorySegment(target, (targetOffset + i) * Float.BYTES, ORDER);
        }
    }
}
