package dev.jtangents.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The inner products of {@link LaneLoops}, in f32. Features are added one by one, in their order;
 * those of one example three in a pass over a row's cells, as colours come, which saves reading and
 * writing the sums between them.
 */
final class FloatInnerProducts {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final MemorySegment MEMORY = Addresses.MEMORY;
    private static final ValueLayout.OfFloat NUMBER = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private FloatInnerProducts() {}

    /** Inner products of one example. */
    static void ofOne(
            PlaneRun run,
            MemorySegment row,
            long rowOffset,
            MemorySegment columns,
            long columnOffset,
            long stride,
            int features) {
        run.check(Float.BYTES, SPECIES.length());
        check(run, columns, columnOffset, stride, features);
        long start = rowOffset + (long) run.firstEntry() * features;
        long end = rowOffset + (run.lastEntry() + 1L) * features;
        Objects.checkFromToIndex(start, end, row.byteSize() / Float.BYTES);
        long cellBytes = run.stride * Float.BYTES;
        long featureBytes = stride * Float.BYTES;
        long target = Addresses.ofTarget(run.nngp) + run.target * Float.BYTES;
        long left = Addresses.of(row) + rowOffset * Float.BYTES;
        long right = Addresses.of(columns) + columnOffset * Float.BYTES;
        for (int line = 0; line < run.rowCount; line++) {
            long first = (long) run.entries[line] * features;
            for (int i = 0; i < run.length; i += SPECIES.length()) {
                long to = target + line * run.rowLength * cellBytes + i * Float.BYTES;
                long x = left + first * Float.BYTES;
                long y = right + first * featureBytes + i * Float.BYTES;
                int c = 0;
                for (; c + 3 <= features; c += 3) {
                    addThree(to, cellBytes, run.rowLength, x, y, featureBytes, features, c);
                }
                for (; c < features; c++) {
                    addOne(to, cellBytes, run.rowLength, x, y, featureBytes, features, c);
                }
            }
        }
    }

    private static void addOne(
            long to,
            long cellBytes,
            int cells,
            long x,
            long y,
            long featureBytes,
            int features,
            int c) {
        for (int cell = 0; cell < cells; cell++) {
            long at = to + cell * cellBytes;
            long feature = (long) cell * features + c;
            FloatVector sum = FloatVector.zero(SPECIES);
            if (c > 0) {
                sum = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
            }
            FloatVector.fromMemorySegment(SPECIES, MEMORY, y + feature * featureBytes, ORDER)
                    .fma(
                            FloatVector.broadcast(
                                    SPECIES, MEMORY.get(NUMBER, x + feature * Float.BYTES)),
                            sum)
                    .intoMemorySegment(MEMORY, at, ORDER);
        }
    }

    private static void addThree(
            long to,
            long cellBytes,
            int cells,
            long x,
            long y,
            long featureBytes,
            int features,
            int c) {
        for (int cell = 0; cell < cells; cell++) {
            long at = to + cell * cellBytes;
            long feature = (long) cell * features + c;
            long a = x + feature * Float.BYTES;
            long b = y + feature * featureBytes;
            FloatVector sum = FloatVector.zero(SPECIES);
            if (c > 0) {
                sum = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
            }
            FloatVector first = FloatVector.broadcast(SPECIES, MEMORY.get(NUMBER, a));
            FloatVector second =
                    FloatVector.broadcast(SPECIES, MEMORY.get(NUMBER, a + Float.BYTES));
            FloatVector third =
                    FloatVector.broadcast(SPECIES, MEMORY.get(NUMBER, a + 2 * Float.BYTES));
            sum = FloatVector.fromMemorySegment(SPECIES, MEMORY, b, ORDER).fma(first, sum);
            sum =
                    FloatVector.fromMemorySegment(SPECIES, MEMORY, b + featureBytes, ORDER)
                            .fma(second, sum);
            FloatVector.fromMemorySegment(SPECIES, MEMORY, b + 2 * featureBytes, ORDER)
                    .fma(third, sum)
                    .intoMemorySegment(MEMORY, at, ORDER);
        }
    }

    /** Inner products of an example with another in each lane. */
    static void ofPairs(
            PlaneRun run,
            MemorySegment rows,
            long rowOffset,
            MemorySegment columns,
            long columnOffset,
            long stride,
            int features) {
        run.check(Float.BYTES, SPECIES.length());
        check(run, rows, rowOffset, stride, features);
        check(run, columns, columnOffset, stride, features);
        long cellBytes = run.stride * Float.BYTES;
        long featureBytes = stride * Float.BYTES;
        long target = Addresses.ofTarget(run.nngp) + run.target * Float.BYTES;
        long left = Addresses.of(rows) + rowOffset * Float.BYTES;
        long right = Addresses.of(columns) + columnOffset * Float.BYTES;
        for (int line = 0; line < run.rowCount; line++) {
            long first = run.entries[line] * (features * featureBytes);
            for (int c = 0; c < features; c++) {
                for (int i = 0; i < run.length; i += SPECIES.length()) {
                    long to = target + line * run.rowLength * cellBytes + i * Float.BYTES;
                    long from = first + c * featureBytes + i * Float.BYTES;
                    for (int cell = 0; cell < run.rowLength; cell++) {
                        long at = to + cell * cellBytes;
                        long feature = from + cell * (features * featureBytes);
                        FloatVector sum = FloatVector.zero(SPECIES);
                        if (c > 0) {
                            sum = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
                        }
                        FloatVector x =
                                FloatVector.fromMemorySegment(
                                        SPECIES, MEMORY, left + feature, ORDER);
                        FloatVector.fromMemorySegment(SPECIES, MEMORY, right + feature, ORDER)
                                .fma(x, sum)
                                .intoMemorySegment(MEMORY, at, ORDER);
                    }
                }
            }
        }
    }

    private static void check(
            PlaneRun run, MemorySegment values, long offset, long stride, int features) {
        long cell = features * stride;
        check(values, offset + run.firstEntry() * cell, run.length);
        check(values, offset + (run.lastEntry() + 1L) * cell - stride, run.length);
    }

    private static void check(MemorySegment segment, long offset, int length) {
        Run.checkWhole(segment, offset, length, Float.BYTES, SPECIES.length());
    }
}
