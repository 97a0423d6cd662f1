package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.AngularMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.GeluMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/** The vector twins for f32. A map without a vector loop runs by its definition. */
final class FloatLoops implements Loops {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;

    /** As many f32 as a vector has f64. */
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(
                    float.class, VectorShape.forBitSize(Species.DOUBLES.length() * Float.SIZE));

    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private final Loops scalar = new ScalarLoops(DType.F32);

    @Override
    public LaneLoops lanes() {
        return new FloatLaneLoops();
    }

    @Override
    public Transposition transposition(Arena arena) {
        return new FloatTransposition(arena);
    }

    @Override
    public MapLoop map(BivariateMap map, boolean nonNegative, boolean withNtk) {
        return switch (map) {
            case AbReluMap relu when AbReluLoop.isFor(relu) ->
                    new FloatAbReluLoop(relu, nonNegative, withNtk);
            case ErfMap erf -> new FloatErfLoop(erf);
            case GeluMap ignored -> new FloatGeluLoop();
            case AngularMap angular -> new FloatAngularLoop(angular);
            default -> scalar.map(map);
        };
    }

    @Override
    public SelfMapLoop selfMap(BivariateMap map) {
        return scalar.selfMap(map);
    }

    @Override
    public void affine(Run run, AffineStep step) {
        run.check(Float.BYTES, SPECIES.length());
        if (run.ntk != null) {
            affineNtk(run, run.ntk, step);
        }
        FloatVector scale = FloatVector.broadcast(SPECIES, (float) step.scale());
        FloatVector shift = FloatVector.broadcast(SPECIES, (float) step.shift());
        for (int i = 0; i < run.length; i += SPECIES.length()) {
            long at = (run.offset + i) * Float.BYTES;
            FloatVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER)
                    .fma(scale, shift)
                    .intoMemorySegment(run.nngp, at, ORDER);
        }
    }

    private static void affineNtk(Run run, MemorySegment ntk, AffineStep step) {
        FloatVector scale = FloatVector.broadcast(SPECIES, (float) step.ntkScale());
        FloatVector gain = FloatVector.broadcast(SPECIES, (float) step.ntkGain());
        FloatVector shift = FloatVector.broadcast(SPECIES, (float) step.ntkShift());
        for (int i = 0; i < run.length; i += SPECIES.length()) {
            long at = (run.offset + i) * Float.BYTES;
            FloatVector q = FloatVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER);
            FloatVector.fromMemorySegment(SPECIES, ntk, at, ORDER)
                    .fma(scale, q.fma(gain, shift))
                    .intoMemorySegment(ntk, at, ORDER);
        }
    }

    @Override
    public double innerProduct(
            MemorySegment left, long from, MemorySegment right, long at, int length) {
        Objects.checkFromIndexSize(from, length, left.byteSize() / Float.BYTES);
        Objects.checkFromIndexSize(at, length, right.byteSize() / Float.BYTES);
        DoubleVector sum = DoubleVector.zero(Species.DOUBLES);
        int whole = HALF.loopBound(length);
        for (int i = 0; i < whole; i += HALF.length()) {
            sum = widened(left, from + i).fma(widened(right, at + i), sum);
        }
        double rest = 0;
        for (int i = whole; i < length; i++) {
            double value = left.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
            rest += value * right.getAtIndex(ValueLayout.JAVA_FLOAT, at + i);
        }
        return DoubleLoops.sumOfLanes(sum) + rest;
    }

    @Override
    public void addScaled(
            MemorySegment target,
            long at,
            MemorySegment source,
            long from,
            double factor,
            long length) {
        Objects.checkFromIndexSize(at, length, target.byteSize() / Float.BYTES);
        Objects.checkFromIndexSize(from, length, source.byteSize() / Float.BYTES);
        FloatVector scale = FloatVector.broadcast(SPECIES, (float) factor);
        long whole = SPECIES.loopBound(length);
        for (long i = 0; i < whole; i += SPECIES.length()) {
            FloatVector.fromMemorySegment(SPECIES, source, (from + i) * Float.BYTES, ORDER)
                    .fma(
                            scale,
                            FloatVector.fromMemorySegment(
                                    SPECIES, target, (at + i) * Float.BYTES, ORDER))
                    .intoMemorySegment(target, (at + i) * Float.BYTES, ORDER);
        }
        for (long i = whole; i < length; i++) {
            float term = source.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
            float sum = target.getAtIndex(ValueLayout.JAVA_FLOAT, at + i);
            target.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, Math.fma(term, (float) factor, sum));
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
        Objects.checkFromIndexSize(at, length, target.byteSize() / Float.BYTES);
        Objects.checkFromIndexSize(leftFrom, length, left.byteSize() / Float.BYTES);
        Objects.checkFromIndexSize(rightFrom, length, right.byteSize() / Float.BYTES);
        long whole = SPECIES.loopBound(length);
        for (long i = 0; i < whole; i += SPECIES.length()) {
            FloatVector.fromMemorySegment(SPECIES, left, (leftFrom + i) * Float.BYTES, ORDER)
                    .fma(
                            FloatVector.fromMemorySegment(
                                    SPECIES, right, (rightFrom + i) * Float.BYTES, ORDER),
                            FloatVector.fromMemorySegment(
                                    SPECIES, target, (at + i) * Float.BYTES, ORDER))
                    .intoMemorySegment(target, (at + i) * Float.BYTES, ORDER);
        }
        for (long i = whole; i < length; i++) {
            float x = left.getAtIndex(ValueLayout.JAVA_FLOAT, leftFrom + i);
            float y = right.getAtIndex(ValueLayout.JAVA_FLOAT, rightFrom + i);
            float sum = target.getAtIndex(ValueLayout.JAVA_FLOAT, at + i);
            target.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, Math.fma(x, y, sum));
        }
    }

    private static DoubleVector widened(MemorySegment source, long at) {
        return (DoubleVector)
                FloatVector.fromMemorySegment(HALF, source, at * Float.BYTES, ORDER)
                        .convertShape(VectorOperators.F2D, Species.DOUBLES, 0);
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
        Run.checkWhole(values, offset, length, Float.BYTES, SPECIES.length());
        Run.checkWhole(factors, at, length, Float.BYTES, SPECIES.length());
        FloatVector scale = FloatVector.broadcast(SPECIES, (float) factor);
        int count = 0;
        for (int i = 0; i < length; i += SPECIES.length()) {
            FloatVector bound =
                    FloatVector.fromMemorySegment(SPECIES, factors, (at + i) * Float.BYTES, ORDER)
                            .mul(scale);
            long lanes =
                    FloatVector.fromMemorySegment(
                                    SPECIES, values, (offset + i) * Float.BYTES, ORDER)
                            .abs()
                            .compare(VectorOperators.GT, bound)
                            .toLong();
            count = DoubleLoops.places(lanes, i, length, found, count);
        }
        return count;
    }

    /** The coefficients of a polynomial in f32. */
    static float[] rounded(double[] coefficients) {
        float[] rounded = new float[coefficients.length];
        for (int i = 0; i < coefficients.length; i++) {
            rounded[i] = (float) coefficients[i];
        }
        return rounded;
    }
}
