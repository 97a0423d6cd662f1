package dev.jtangents.simd;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * The windows of three by three cells of {@link LaneLoops#sumWindow}, in f64. Sums of three rows
 * slide along a row, so that each is made once.
 */
final class DoubleSlidingSums {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final MemorySegment MEMORY = Addresses.MEMORY;

    private DoubleSlidingSums() {}

    /** Sums what the cells see, applies an affine step, and adds a plane, if one is given. */
    static void apply(PlaneRun run, AffineStep step) {
        long[] starts = run.startsOfSums(Double.BYTES, SPECIES.length());
        long memory = Addresses.ofTarget(run.nngp);
        long target = memory + run.target * Double.BYTES;
        long rowBytes = run.rowLength * run.stride * Double.BYTES;
        long toNtk = run.ntk == null ? 0 : Addresses.ofTarget(run.ntk) - memory;
        // What is added is one cell of zeros again and again where there is nothing to add.
        long addend = memory + (run.adds ? run.addend : run.zeros) * Double.BYTES;
        long addendRow = run.adds ? rowBytes : 0;
        for (int row = 0; row < run.rowCount; row++) {
            for (int i = 0; i < run.length; i += SPECIES.length()) {
                long lane = memory + i * Double.BYTES;
                long a = lane + starts[PlaneRun.SIZE * row];
                long b = lane + starts[PlaneRun.SIZE * row + 1];
                long c = lane + starts[PlaneRun.SIZE * row + 2];
                long to = target + row * rowBytes + i * Double.BYTES;
                long plus = addend + row * addendRow + i * Double.BYTES;
                if (run.ntk == null) {
                    slide(run, step, a, b, c, plus, to);
                } else {
                    slideBoth(run, step, a, b, c, plus, to, toNtk);
                }
            }
        }
    }

    /** One vector of the cells of a row. */
    private static void slide(
            PlaneRun run, AffineStep step, long a, long b, long c, long plus, long to) {
        DoubleVector scale = broadcast(step.scale());
        DoubleVector shift = broadcast(step.shift());
        long cellBytes = run.stride * Double.BYTES;
        long plusBytes = run.adds ? cellBytes : 0;
        int whole = run.whole();
        int length = run.rowLength;
        DoubleVector q0 = DoubleVector.zero(SPECIES);
        if (run.first == 0) {
            q0 = sum(a, b, c);
            a += cellBytes;
            b += cellBytes;
            c += cellBytes;
        }
        DoubleVector q1 = sum(a, b, c);
        for (int cell = 0; cell < whole; cell++) {
            a += cellBytes;
            b += cellBytes;
            c += cellBytes;
            DoubleVector q2 = sum(a, b, c);
            q0.add(q1)
                    .add(q2)
                    .fma(scale, shift)
                    .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, plus, ORDER))
                    .intoMemorySegment(MEMORY, to, ORDER);
            q0 = q1;
            q1 = q2;
            plus += plusBytes;
            to += cellBytes;
        }
        if (whole < length) {
            q0.add(q1)
                    .fma(scale, shift)
                    .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, plus, ORDER))
                    .intoMemorySegment(MEMORY, to, ORDER);
        }
    }

    /** The same for both kernels. */
    private static void slideBoth(
            PlaneRun run, AffineStep step, long a, long b, long c, long plus, long to, long toNtk) {
        DoubleVector scale = broadcast(step.scale());
        DoubleVector shift = broadcast(step.shift());
        DoubleVector ntkScale = broadcast(step.ntkScale());
        DoubleVector ntkGain = broadcast(step.ntkGain());
        DoubleVector ntkShift = broadcast(step.ntkShift());
        long cellBytes = run.stride * Double.BYTES;
        long plusBytes = run.adds ? cellBytes : 0;
        int whole = run.whole();
        int length = run.rowLength;
        DoubleVector q0 = DoubleVector.zero(SPECIES);
        DoubleVector theta0 = DoubleVector.zero(SPECIES);
        if (run.first == 0) {
            q0 = sum(a, b, c);
            theta0 = sum(a + toNtk, b + toNtk, c + toNtk);
            a += cellBytes;
            b += cellBytes;
            c += cellBytes;
        }
        DoubleVector q1 = sum(a, b, c);
        DoubleVector theta1 = sum(a + toNtk, b + toNtk, c + toNtk);
        for (int cell = 0; cell < whole; cell++) {
            a += cellBytes;
            b += cellBytes;
            c += cellBytes;
            DoubleVector q2 = sum(a, b, c);
            DoubleVector theta2 = sum(a + toNtk, b + toNtk, c + toNtk);
            DoubleVector q = q0.add(q1).add(q2);
            theta0.add(theta1)
                    .add(theta2)
                    .fma(ntkScale, q.fma(ntkGain, ntkShift))
                    .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, plus + toNtk, ORDER))
                    .intoMemorySegment(MEMORY, to + toNtk, ORDER);
            q.fma(scale, shift)
                    .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, plus, ORDER))
                    .intoMemorySegment(MEMORY, to, ORDER);
            q0 = q1;
            q1 = q2;
            theta0 = theta1;
            theta1 = theta2;
            plus += plusBytes;
            to += cellBytes;
        }
        if (whole < length) {
            DoubleVector q = q0.add(q1);
            theta0.add(theta1)
                    .fma(ntkScale, q.fma(ntkGain, ntkShift))
                    .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, plus + toNtk, ORDER))
                    .intoMemorySegment(MEMORY, to + toNtk, ORDER);
            q.fma(scale, shift)
                    .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, plus, ORDER))
                    .intoMemorySegment(MEMORY, to, ORDER);
        }
    }

    private static DoubleVector sum(long a, long b, long c) {
        return DoubleVector.fromMemorySegment(SPECIES, MEMORY, a, ORDER)
                .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, b, ORDER))
                .add(DoubleVector.fromMemorySegment(SPECIES, MEMORY, c, ORDER));
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
