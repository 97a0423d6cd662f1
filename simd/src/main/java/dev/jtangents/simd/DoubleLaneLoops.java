package dev.jtangents.simd;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The vector twin for f64. */
final class DoubleLaneLoops implements LaneLoops {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private static void check(MemorySegment segment, long offset, int length) {
        Run.checkWhole(segment, offset, length, Double.BYTES, SPECIES.length());
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
        for (int row = 0; row < rowCount; row++) {
            long to = targetOffset + row * targetStride;
            long first = row(sourceOffset, rows[3 * row], zeros);
            long second = row(sourceOffset, rows[3 * row + 1], zeros);
            long third = row(sourceOffset, rows[3 * row + 2], zeros);
            check(target, to, length);
            checkRow(source, first, last, length);
            checkRow(source, second, last, length);
            checkRow(source, third, last, length);
            switch (taps) {
                case 1 -> oneTap(target, to, source, first, second, third, length);
                case 2 -> twoTaps(target, to, source, first, second, third, tapStride, length);
                default -> threeTaps(target, to, source, first, second, third, tapStride, length);
            }
        }
    }

    private static long row(long sourceOffset, long row, long zeros) {
        return row < 0 ? zeros : sourceOffset + row;
    }

    private static void checkRow(MemorySegment source, long row, long last, int length) {
        check(source, row, length);
        check(source, row + last, length);
    }

    private static void oneTap(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long first,
            long second,
            long third,
            int length) {
        for (int i = 0; i < length; i += SPECIES.length()) {
            DoubleVector.fromMemorySegment(SPECIES, source, (first + i) * Double.BYTES, ORDER)
                    .add(
                            DoubleVector.fromMemorySegment(
                                    SPECIES, source, (second + i) * Double.BYTES, ORDER))
                    .add(
                            DoubleVector.fromMemorySegment(
                                    SPECIES, source, (third + i) * Double.BYTES, ORDER))
                    .intoMemorySegment(target, (targetOffset + i) * Double.BYTES, ORDER);
        }
    }

    private static void twoTaps(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long first,
            long second,
            long third,
            long tapStride,
            int length) {
        for (int i = 0; i < length; i += SPECIES.length()) {
            DoubleVector.fromMemorySegment(SPECIES, source, (first + i) * Double.BYTES, ORDER)
                    .add(
                            DoubleVector.fromMemorySegment(
                                    SPECIES, source, (second + i) * Double.BYTES, ORDER))
                    .add(
                            DoubleVector.fromMemorySegment(
                                    SPECIES, source, (third + i) * Double.BYTES, ORDER))
                    .add(
                            DoubleVector.fromMemorySegment(
                                            SPECIES,
                                            source,
                                            (first + i + tapStride) * Double.BYTES,
                                            ORDER)
                                    .add(
                                            DoubleVector.fromMemorySegment(
                                                    SPECIES,
                                                    source,
                                                    (second + i + tapStride) * Double.BYTES,
                                                    ORDER))
                                    .add(
                                            DoubleVector.fromMemorySegment(
                                                    SPECIES,
                                                    source,
                                                    (third + i + tapStride) * Double.BYTES,
                                                    ORDER)))
                    .intoMemorySegment(target, (targetOffset + i) * Double.BYTES, ORDER);
        }
    }

    private static void threeTaps(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long first,
            long second,
            long third,
            long tapStride,
            int length) {
        for (int i = 0; i < length; i += SPECIES.length()) {
            DoubleVector.fromMemorySegment(SPECIES, source, (first + i) * Double.BYTES, ORDER)
                    .add(
                            DoubleVector.fromMemorySegment(
                                    SPECIES, source, (second + i) * Double.BYTES, ORDER))
                    .add(
                            DoubleVector.fromMemorySegment(
                                    SPECIES, source, (third + i) * Double.BYTES, ORDER))
                    .add(
                            DoubleVector.fromMemorySegment(
                                            SPECIES,
                                            source,
                                            (first + i + tapStride) * Double.BYTES,
                                            ORDER)
                                    .add(
                                            DoubleVector.fromMemorySegment(
                                                    SPECIES,
                                                    source,
                                                    (second + i + tapStride) * Double.BYTES,
                                                    ORDER))
                                    .add(
                                            DoubleVector.fromMemorySegment(
                                                    SPECIES,
                                                    source,
                                                    (third + i + tapStride) * Double.BYTES,
                                                    ORDER)))
                    .add(
                            DoubleVector.fromMemorySegment(
                                            SPECIES,
                                            source,
                                            (first + i + 2 * tapStride) * Double.BYTES,
                                            ORDER)
                                    .add(
                                            DoubleVector.fromMemorySegment(
                                                    SPECIES,
                                                    source,
                                                    (second + i + 2 * tapStride) * Double.BYTES,
                                                    ORDER))
                                    .add(
                                            DoubleVector.fromMemorySegment(
                                                    SPECIES,
                                                    source,
                                                    (third + i + 2 * tapStride) * Double.BYTES,
                                                    ORDER)))
                    .intoMemorySegment(target, (targetOffset + i) * Double.BYTES, ORDER);
        }
    }

    @Override
    public void sumWindow(PlaneRun run) {
        long[] starts = run.starts(Double.BYTES, SPECIES.length());
        slide(run, starts, run.nngp);
        if (run.ntk != null) {
            slide(run, starts, run.ntk);
        }
    }

    /** Sums of three rows slide along a row, so that each is made once. */
    private static void slide(PlaneRun run, long[] starts, MemorySegment values) {
        long stride = run.stride;
        int whole = run.whole();
        for (int row = 0; row < run.rowCount; row++) {
            for (int lane = 0; lane < run.length; lane += SPECIES.length()) {
                long a = starts[PlaneRun.SIZE * row] / Double.BYTES + lane;
                long b = starts[PlaneRun.SIZE * row + 1] / Double.BYTES + lane;
                long c = starts[PlaneRun.SIZE * row + 2] / Double.BYTES + lane;
                DoubleVector before = DoubleVector.zero(SPECIES);
                if (run.first == 0) {
                    before =
                            DoubleVector.fromMemorySegment(
                                            SPECIES, values, (a) * Double.BYTES, ORDER)
                                    .add(
                                            DoubleVector.fromMemorySegment(
                                                    SPECIES, values, (b) * Double.BYTES, ORDER))
                                    .add(
                                            DoubleVector.fromMemorySegment(
                                                    SPECIES, values, (c) * Double.BYTES, ORDER));
                    a += stride;
                    b += stride;
                    c += stride;
                }
                DoubleVector here =
                        DoubleVector.fromMemorySegment(SPECIES, values, (a) * Double.BYTES, ORDER)
                                .add(
                                        DoubleVector.fromMemorySegment(
                                                SPECIES, values, (b) * Double.BYTES, ORDER))
                                .add(
                                        DoubleVector.fromMemorySegment(
                                                SPECIES, values, (c) * Double.BYTES, ORDER));
                a += stride;
                b += stride;
                c += stride;
                long to = run.target + (long) row * run.rowLength * stride + lane;
                for (int cell = 0; cell < run.rowLength; cell++) {
                    DoubleVector after = DoubleVector.zero(SPECIES);
                    if (cell < whole) {
                        long at = cell * stride;
                        after =
                                DoubleVector.fromMemorySegment(
                                                SPECIES, values, (a + at) * Double.BYTES, ORDER)
                                        .add(
                                                DoubleVector.fromMemorySegment(
                                                        SPECIES,
                                                        values,
                                                        (b + at) * Double.BYTES,
                                                        ORDER))
                                        .add(
                                                DoubleVector.fromMemorySegment(
                                                        SPECIES,
                                                        values,
                                                        (c + at) * Double.BYTES,
                                                        ORDER));
                    }
                    before.add(here)
                            .add(after)
                            .intoMemorySegment(values, (to + cell * stride) * Double.BYTES, ORDER);
                    before = here;
                    here = after;
                }
            }
        }
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
            long to = (targetOffset + i) * Double.BYTES;
            long from = (sourceOffset + i) * Double.BYTES;
            DoubleVector.fromMemorySegment(SPECIES, target, to, ORDER)
                    .add(DoubleVector.fromMemorySegment(SPECIES, source, from, ORDER))
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
        run.check(Double.BYTES, SPECIES.length());
        check(columns, columnOffset + run.firstEntry() * (features * stride), run.length);
        long lastRow = (run.lastEntry() + 1L) * features - 1;
        check(columns, columnOffset + lastRow * stride, run.length);
        for (int line = 0; line < run.rowCount; line++) {
            for (int cell = 0; cell < run.rowLength; cell++) {
                long first = (long) (run.entries[line] + cell) * features;
                long to = run.target + ((long) line * run.rowLength + cell) * run.stride;
                for (int i = 0; i < run.length; i += SPECIES.length()) {
                    DoubleVector sum = DoubleVector.zero(SPECIES);
                    for (int c = 0; c < features; c++) {
                        double x =
                                row.get(
                                        ValueLayout.JAVA_DOUBLE,
                                        (rowOffset + first + c) * Double.BYTES);
                        sum =
                                DoubleVector.fromMemorySegment(
                                                SPECIES,
                                                columns,
                                                (columnOffset + (first + c) * stride + i)
                                                        * Double.BYTES,
                                                ORDER)
                                        .fma(DoubleVector.broadcast(SPECIES, x), sum);
                    }
                    sum.intoMemorySegment(run.nngp, (to + i) * Double.BYTES, ORDER);
                }
            }
        }
    }

    @Override
    public void scatter(
            MemorySegment values, long[] to, double[] weights, long[] from, int count, int length) {
        for (int k = 0; k < count; k++) {
            check(values, to[k], length);
            check(values, from[k], length);
            DoubleVector weight = DoubleVector.broadcast(SPECIES, weights[k]);
            for (int i = 0; i < length; i += SPECIES.length()) {
                DoubleVector.fromMemorySegment(SPECIES, values, (from[k] + i) * Double.BYTES, ORDER)
                        .fma(
                                weight,
                                DoubleVector.fromMemorySegment(
                                        SPECIES, values, (to[k] + i) * Double.BYTES, ORDER))
                        .intoMemorySegment(values, (to[k] + i) * Double.BYTES, ORDER);
            }
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
        DoubleVector common = DoubleVector.broadcast(SPECIES, weight);
        for (int i = 0; i < length; i += SPECIES.length()) {
            long to = (targetOffset + i) * Double.BYTES;
            long from = (sourceOffset + i) * Double.BYTES;
            DoubleVector.fromMemorySegment(SPECIES, source, from, ORDER)
                    .fma(common, DoubleVector.fromMemorySegment(SPECIES, target, to, ORDER))
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
        DoubleVector common = DoubleVector.broadcast(SPECIES, factor);
        for (int i = 0; i < length; i += SPECIES.length()) {
            DoubleVector.fromMemorySegment(
                            SPECIES, target, (targetOffset + i) * Double.BYTES, ORDER)
                    .mul(
                            DoubleVector.fromMemorySegment(
                                            SPECIES,
                                            factors,
                                            (factorsOffset + i) * Double.BYTES,
                                            ORDER)
                                    .mul(common))
                    .intoMemorySegment(target, (targetOffset + i) * Double.BYTES, ORDER);
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
        DoubleVector common = DoubleVector.broadcast(SPECIES, weight);
        for (int i = 0; i < length; i += SPECIES.length()) {
            DoubleVector.fromMemorySegment(SPECIES, a, (aOffset + i) * Double.BYTES, ORDER)
                    .mul(common)
                    .fma(
                            DoubleVector.fromMemorySegment(
                                    SPECIES, b, (bOffset + i) * Double.BYTES, ORDER),
                            DoubleVector.fromMemorySegment(
                                    SPECIES, target, (targetOffset + i) * Double.BYTES, ORDER))
                    .intoMemorySegment(target, (targetOffset + i) * Double.BYTES, ORDER);
        }
    }
}
