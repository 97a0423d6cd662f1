package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.AngularMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/** The vector twins for f64. A map without a vector loop runs by its definition. */
final class DoubleLoops implements Loops {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private final Loops scalar = new ScalarLoops(DType.F64);

    @Override
    public LaneLoops lanes() {
        return new DoubleLaneLoops();
    }

    @Override
    public Transposition transposition(Arena arena) {
        return new DoubleTransposition(arena);
    }

    @Override
    public MapLoop map(BivariateMap map, boolean nonNegative, boolean withNtk) {
        return switch (map) {
            case AbReluMap relu when AbReluLoop.isFor(relu) ->
                    new DoubleAbReluLoop(relu, nonNegative, withNtk);
            case ErfMap erf -> new DoubleErfLoop(erf);
            case GeluMap ignored -> new DoubleGeluLoop();
            case AngularMap angular -> new DoubleAngularLoop(angular);
            default -> scalar.map(map);
        };
    }

    @Override
    public SelfMapLoop selfMap(BivariateMap map) {
        return map instanceof AbReluMap relu && AbReluLoop.isFor(relu)
                ? new DoubleAbReluLoop(relu, false, false)
                : scalar.selfMap(map);
    }

    @Override
    public void affine(Run run, AffineStep step) {
        run.check(Double.BYTES, SPECIES.length());
        if (run.ntk != null) {
            affineNtk(run, run.ntk, step);
        }
        DoubleVector scale = DoubleVector.broadcast(SPECIES, step.scale());
        DoubleVector shift = DoubleVector.broadcast(SPECIES, step.shift());
        for (int i = 0; i < run.length; i += SPECIES.length()) {
            long at = (run.offset + i) * Double.BYTES;
            DoubleVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER)
                    .fma(scale, shift)
                    .intoMemorySegment(run.nngp, at, ORDER);
        }
    }

    private static void affineNtk(Run run, MemorySegment ntk, AffineStep step) {
        DoubleVector scale = DoubleVector.broadcast(SPECIES, step.ntkScale());
        DoubleVector gain = DoubleVector.broadcast(SPECIES, step.ntkGain());
        DoubleVector shift = DoubleVector.broadcast(SPECIES, step.ntkShift());
        for (int i = 0; i < run.length; i += SPECIES.length()) {
            long at = (run.offset + i) * Double.BYTES;
            DoubleVector q = DoubleVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER);
            DoubleVector.fromMemorySegment(SPECIES, ntk, at, ORDER)
                    .fma(scale, q.fma(gain, shift))
                    .intoMemorySegment(ntk, at, ORDER);
        }
    }

    @Override
    public double innerProduct(
            MemorySegment left, long from, MemorySegment right, long at, int length) {
        Objects.checkFromIndexSize(from, length, left.byteSize() / Double.BYTES);
        Objects.checkFromIndexSize(at, length, right.byteSize() / Double.BYTES);
        DoubleVector sum = DoubleVector.zero(SPECIES);
        int whole = SPECIES.loopBound(length);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            DoubleVector factor =
                    DoubleVector.fromMemorySegment(SPECIES, right, (at + i) * Double.BYTES, ORDER);
            sum =
                    DoubleVector.fromMemorySegment(SPECIES, left, (from + i) * Double.BYTES, ORDER)
                            .fma(factor, sum);
        }
        double rest = 0;
        for (int i = whole; i < length; i++) {
            double value = left.getAtIndex(ValueLayout.JAVA_DOUBLE, from + i);
            rest += value * right.getAtIndex(ValueLayout.JAVA_DOUBLE, at + i);
        }
        return sumOfLanes(sum) + rest;
    }

    @Override
    public void addScaled(
            MemorySegment target,
            long at,
            MemorySegment source,
            long from,
            double factor,
            long length) {
        Objects.checkFromIndexSize(at, length, target.byteSize() / Double.BYTES);
        Objects.checkFromIndexSize(from, length, source.byteSize() / Double.BYTES);
        DoubleVector scale = DoubleVector.broadcast(SPECIES, factor);
        long whole = SPECIES.loopBound(length);
        for (long i = 0; i < whole; i += SPECIES.length()) {
            DoubleVector.fromMemorySegment(SPECIES, source, (from + i) * Double.BYTES, ORDER)
                    .fma(
                            scale,
                            DoubleVector.fromMemorySegment(
                                    SPECIES, target, (at + i) * Double.BYTES, ORDER))
                    .intoMemorySegment(target, (at + i) * Double.BYTES, ORDER);
        }
        for (long i = whole; i < length; i++) {
            double term = source.getAtIndex(ValueLayout.JAVA_DOUBLE, from + i);
            double sum = target.getAtIndex(ValueLayout.JAVA_DOUBLE, at + i);
            target.setAtIndex(ValueLayout.JAVA_DOUBLE, at + i, Math.fma(term, factor, sum));
        }
    }

    @Override
    public void addProducts(
            MemorySegment target,
            long at,
            MemorySegment left,
            long leftFrom,
            MemorySegment right,
            long rightFrom,
            long length) {
        Objects.checkFromIndexSize(at, length, target.byteSize() / Double.BYTES);
        Objects.checkFromIndexSize(leftFrom, length, left.byteSize() / Double.BYTES);
        Objects.checkFromIndexSize(rightFrom, length, right.byteSize() / Double.BYTES);
        long whole = SPECIES.loopBound(length);
        for (long i = 0; i < whole; i += SPECIES.length()) {
            DoubleVector.fromMemorySegment(SPECIES, left, (leftFrom + i) * Double.BYTES, ORDER)
                    .fma(
                            DoubleVector.fromMemorySegment(
                                    SPECIES, right, (rightFrom + i) * Double.BYTES, ORDER),
                            DoubleVector.fromMemorySegment(
                                    SPECIES, target, (at + i) * Double.BYTES, ORDER))
                    .intoMemorySegment(target, (at + i) * Double.BYTES, ORDER);
        }
        for (long i = whole; i < length; i++) {
            double x = left.getAtIndex(ValueLayout.JAVA_DOUBLE, leftFrom + i);
            double y = right.getAtIndex(ValueLayout.JAVA_DOUBLE, rightFrom + i);
            double sum = target.getAtIndex(ValueLayout.JAVA_DOUBLE, at + i);
            target.setAtIndex(ValueLayout.JAVA_DOUBLE, at + i, Math.fma(x, y, sum));
        }
    }

    @Override
    public int above(
            MemorySegment values,
            long offset,
            double factor,
            MemorySegment factors,
            long at,
            int length,
            int[] found) {
        Run.checkWhole(values, offset, length, Double.BYTES, SPECIES.length());
        Run.checkWhole(factors, at, length, Double.BYTES, SPECIES.length());
        DoubleVector scale = DoubleVector.broadcast(SPECIES, factor);
        int count = 0;
        for (int i = 0; i < length; i += SPECIES.length()) {
            DoubleVector bound =
                    DoubleVector.fromMemorySegment(SPECIES, factors, (at + i) * Double.BYTES, ORDER)
                            .mul(scale);
            long lanes =
                    DoubleVector.fromMemorySegment(
                                    SPECIES, values, (offset + i) * Double.BYTES, ORDER)
                            .abs()
                            .compare(VectorOperators.GT, bound)
                            .toLong();
            count = places(lanes, i, length, found, count);
        }
        return count;
    }

    /** Adds the places of the lanes that are set to those found before. */
    static int places(long lanes, int first, int length, int[] found, int count) {
        int next = count;
        for (long rest = lanes; rest != 0; rest &= rest - 1) {
            int place = first + Long.numberOfTrailingZeros(rest);
            if (place < length) {
                found[next++] = place;
            }
        }
        return next;
    }

    /** In order: {@code reduceLanes} may add in another order once it has been compiled. */
    static double sumOfLanes(DoubleVector vector) {
        double sum = 0;
        for (double lane : vector.toArray()) {
            sum += lane;
        }
        return sum;
    }
}
