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

    private static DoubleVector load(MemorySegment segment, long index) {
        return DoubleVector.fromMemorySegment(SPECIES, segment, index * Double.BYTES, ORDER);
    }

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

    private static DoubleVector column(
            MemorySegment source, long first, long second, long third, long at) {
        return load(source, first + at)
                .add(load(source, second + at))
                .add(load(source, third + at));
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
            column(source, first, second, third, i)
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
            column(source, first, second, third, i)
                    .add(column(source, first, second, third, i + tapStride))
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
            column(source, first, second, third, i)
                    .add(column(source, first, second, third, i + tapStride))
                    .add(column(source, first, second, third, i + 2 * tapStride))
                    .intoMemorySegment(target, (targetOffset + i) * Double.BYTES, ORDER);
        }
    }

    @Override
    public void sumWindow(PlaneRun run) {
        long[] starts = run.starts(Double.BYTES, SPECIES.length());
        sumWindow(run, starts, run.nngp);
        if (run.ntk != null) {
            sumWindow(run, starts, run.ntk);
        }
    }

    /** Sums of three rows slide along a row, so that each is made once. */
    private static void sumWindow(PlaneRun run, long[] starts, MemorySegment values) {
        long stride = run.stride;
        int whole = run.whole();
        for (int row = 0; row < run.rowCount; row++) {
            for (int lane = 0; lane < run.length; lane += SPECIES.length()) {
                long a = starts[PlaneRun.SIZE * row] / Double.BYTES + lane;
                long b = starts[PlaneRun.SIZE * row + 1] / Double.BYTES + lane;
                long c = starts[PlaneRun.SIZE * row + 2] / Double.BYTES + lane;
                DoubleVector before = DoubleVector.zero(SPECIES);
                if (run.first == 0) {
                    before = load(values, a).add(load(values, b)).add(load(values, c));
                    a += stride;
                    b += stride;
                    c += stride;
                }
                DoubleVector here = load(values, a).add(load(values, b)).add(load(values, c));
                a += stride;
                b += stride;
                c += stride;
                long to = run.target + (long) row * run.rowLength * stride + lane;
                for (int cell = 0; cell < run.rowLength; cell++) {
                    DoubleVector after = DoubleVector.zero(SPECIES);
                    if (cell < whole) {
                        long at = cell * stride;
                        after =
                                load(values, a + at)
                                        .add(load(values, b + at))
                                        .add(load(values, c + at));
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
            load(target, targetOffset + i)
                    .add(load(source, sourceOffset + i))
                    .intoMemorySegment(target, (targetOffset + i) * Double.BYTES, ORDER);
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
                                load(columns, columnOffset + (first + c) * stride + i)
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
                load(values, from[k] + i)
                        .fma(weight, load(values, to[k] + i))
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
            load(source, sourceOffset + i)
                    .fma(common, load(target, targetOffset + i))
                    .intoMemorySegment(target, (targetOffset + i) * Double.BYTES, ORDER);
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
            load(target, targetOffset + i)
                    .mul(load(factors, factorsOffset + i).mul(common))
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
            load(a, aOffset + i)
                    .mul(common)
                    .fma(load(b, bOffset + i), load(target, targetOffset + i))
                    .intoMemorySegment(target, (targetOffset + i) * Double.BYTES, ORDER);
        }
    }
}
