package dev.jtangents.simd;

import dev.jtangents.tensor.DType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** The scalar twin for both dtypes, entry by entry in f64. */
final class ScalarLaneLoops implements LaneLoops {
    private final DType dtype;

    ScalarLaneLoops(DType dtype) {
        this.dtype = dtype;
    }

    private double read(MemorySegment segment, long index) {
        return dtype.read(segment, index);
    }

    private void write(MemorySegment segment, long index, double value) {
        dtype.write(segment, index, value);
    }

    private void check(MemorySegment segment, long offset, int length) {
        Run.checkWhole(segment, offset, length, dtype.bytes(), 1);
    }

    private void checkCells(MemorySegment segment, long offset, int count, int length) {
        check(segment, offset, length);
        check(segment, offset + (count - 1L) * length, length);
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
        for (int row = 0; row < rowCount; row++) {
            for (int i = 0; i < length; i++) {
                double sum = 0;
                for (int tap = 0; tap < taps; tap++) {
                    for (int k = 0; k < 3; k++) {
                        long of = rows[3 * row + k];
                        long from = of < 0 ? zeros : sourceOffset + of;
                        sum += read(source, from + tap * tapStride + i);
                    }
                }
                write(target, targetOffset + row * targetStride + i, sum);
            }
        }
    }

    @Override
    public void sumWindow(PlaneRun run, AffineStep step) {
        long[] starts = run.startsOfSums(dtype.bytes(), 1);
        for (int row = 0; row < run.rowCount; row++) {
            for (int cell = 0; cell < run.rowLength; cell++) {
                long to = run.target + ((long) row * run.rowLength + cell) * run.stride;
                for (int lane = 0; lane < run.length; lane++) {
                    double sum = seen(run, starts, run.nngp, row, cell, lane);
                    long plus = run.addend + to - run.target + lane;
                    if (run.ntk != null) {
                        double ntkSum = seen(run, starts, run.ntk, row, cell, lane);
                        double added = run.adds ? read(run.ntk, plus) : 0;
                        write(run.ntk, to + lane, step.ntk(sum, ntkSum) + added);
                    }
                    double added = run.adds ? read(run.nngp, plus) : 0;
                    write(run.nngp, to + lane, step.nngp(sum) + added);
                }
            }
        }
    }

    /** What a lane of a cell sees. */
    private double seen(
            PlaneRun run, long[] starts, MemorySegment values, int row, int cell, int lane) {
        double sum = 0;
        for (int seen = cell + run.first; seen <= cell + run.first + 2; seen++) {
            for (int which = 0; which < PlaneRun.SIZE; which++) {
                if (seen >= 0 && seen < run.sourceLength) {
                    long start = starts[PlaneRun.SIZE * row + which] / dtype.bytes();
                    sum += dtype.read(values, start + seen * run.stride + lane);
                }
            }
        }
        return sum;
    }

    @Override
    public void add(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            int length) {
        addScaled(target, targetOffset, 1, source, sourceOffset, length);
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
        run.check(dtype.bytes(), 1);
        check(columns, columnOffset + run.firstEntry() * (features * stride), run.length);
        long lastRow = (run.lastEntry() + 1L) * features - 1;
        check(columns, columnOffset + lastRow * stride, run.length);
        for (int line = 0; line < run.rowCount; line++) {
            for (int cell = 0; cell < run.rowLength; cell++) {
                long first = (long) (run.entries[line] + cell) * features;
                long to = run.target + ((long) line * run.rowLength + cell) * run.stride;
                for (int i = 0; i < run.length; i++) {
                    double sum = 0;
                    for (int c = 0; c < features; c++) {
                        double x = read(row, rowOffset + first + c);
                        sum += x * read(columns, columnOffset + (first + c) * stride + i);
                    }
                    write(run.nngp, to + i, sum);
                }
            }
        }
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
        run.check(dtype.bytes(), 1);
        long lastRow = (run.lastEntry() + 1L) * features - 1;
        check(rows, rowOffset + run.firstEntry() * (features * stride), run.length);
        check(rows, rowOffset + lastRow * stride, run.length);
        check(columns, columnOffset + run.firstEntry() * (features * stride), run.length);
        check(columns, columnOffset + lastRow * stride, run.length);
        for (int line = 0; line < run.rowCount; line++) {
            for (int cell = 0; cell < run.rowLength; cell++) {
                long first = (long) (run.entries[line] + cell) * features;
                long to = run.target + ((long) line * run.rowLength + cell) * run.stride;
                for (int i = 0; i < run.length; i++) {
                    double sum = 0;
                    for (int c = 0; c < features; c++) {
                        long at = (first + c) * stride + i;
                        sum += read(rows, rowOffset + at) * read(columns, columnOffset + at);
                    }
                    write(run.nngp, to + i, sum);
                }
            }
        }
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
        for (int k = 0; k < count; k++) {
            if (to[k] >= 0) {
                long at = target + (long) Objects.checkIndex(to[k], cells) * length;
                long from = source + (long) k * length;
                addScaled(nngp, at, weights[k], nngp, from, length);
                if (ntk != null) {
                    addScaled(ntk, at, weights[k], ntk, from, length);
                }
            }
        }
    }

    @Override
    public void addSum(
            MemorySegment values, long target, double weight, long source, int count, int length) {
        for (int i = 0; i < length; i++) {
            double sum = 0;
            for (int k = 0; k < count; k++) {
                sum += read(values, source + (long) k * length + i);
            }
            write(values, target + i, read(values, target + i) + weight * sum);
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
        for (int i = 0; i < length; i++) {
            double term = weight * read(source, sourceOffset + i);
            write(target, targetOffset + i, read(target, targetOffset + i) + term);
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
        for (int i = 0; i < length; i++) {
            double scaled = read(factors, factorsOffset + i) * factor;
            write(target, targetOffset + i, read(target, targetOffset + i) * scaled);
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
        for (int i = 0; i < length; i++) {
            double product = read(a, aOffset + i) * weight * read(b, bOffset + i);
            write(target, targetOffset + i, read(target, targetOffset + i) + product);
        }
    }
}
