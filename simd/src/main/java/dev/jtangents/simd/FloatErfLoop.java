package dev.jtangents.simd;

import dev.jtangents.maps.ErfMap;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link ErfMap} in f32: asin(|c|) = |c| p(c²) up to |c| = 1/2, and π/2 - 2 z p(z²) with z² = (1 -
 * |c|) / 2 above, so that both ends keep their digits.
 */
final class FloatErfLoop extends ErfLoop {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private static final double[] P_FIT = ChebyshevFit.coefficients(ArcSeries::p, 5, 0.25);
    private static final float P0 = (float) P_FIT[0];
    private static final float P1 = (float) P_FIT[1];
    private static final float P2 = (float) P_FIT[2];
    private static final float P3 = (float) P_FIT[3];
    private static final float P4 = (float) P_FIT[4];
    private static final float P5 = (float) P_FIT[5];

    private final float outer = (float) (map.a() * map.a() * 2 / Math.PI);
    private final float shift = (float) (map.c() * map.c());

    FloatErfLoop(ErfMap map) {
        super(map);
    }

    @Override
    public void apply(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        run.check(Float.BYTES);
        long first = columns.index(0, column, run.length);
        long second = columns.index(1, column, run.length);
        float rowFirst = (float) rows.get(0, row);
        float rowSecond = (float) rows.get(1, row);
        MemorySegment factors = columns.segment();
        int whole = SPECIES.loopBound(run.length);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            long at = (run.offset + i) * Float.BYTES;
            FloatVector f1 =
                    FloatVector.fromMemorySegment(
                                    SPECIES, factors, (first + i) * Float.BYTES, ORDER)
                            .mul(rowFirst);
            FloatVector f2 =
                    FloatVector.fromMemorySegment(
                            SPECIES, factors, (second + i) * Float.BYTES, ORDER);
            FloatVector least = f2.mul(1 - rowSecond).add(rowSecond);
            FloatVector input = FloatVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER);
            FloatVector c = nngp(step, input).mul(f1);
            FloatVector size = c.abs().min(1);
            FloatVector v = size.neg().add(1).max(least.mul(0.5f));
            if (run.ntk != null) {
                FloatVector theta =
                        ntk(
                                step,
                                input,
                                FloatVector.fromMemorySegment(SPECIES, run.ntk, at, ORDER));
                theta.mul(f1.mul(outer).div(v.mul(v.neg().add(2)).sqrt()))
                        .intoMemorySegment(run.ntk, at, ORDER);
            }
            signed(c, arcSine(size, v))
                    .fma(
                            FloatVector.broadcast(SPECIES, outer),
                            FloatVector.broadcast(SPECIES, shift))
                    .intoMemorySegment(run.nngp, at, ORDER);
        }
        if (whole < run.length) {
            VectorMask<Float> lanes = SPECIES.indexInRange(whole, run.length);
            long at = (run.offset + whole) * Float.BYTES;
            FloatVector f1 =
                    FloatVector.fromMemorySegment(
                                    SPECIES, factors, (first + whole) * Float.BYTES, ORDER, lanes)
                            .mul(rowFirst);
            FloatVector f2 =
                    FloatVector.fromMemorySegment(
                            SPECIES, factors, (second + whole) * Float.BYTES, ORDER, lanes);
            FloatVector least = f2.mul(1 - rowSecond).add(rowSecond);
            FloatVector input = FloatVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER, lanes);
            FloatVector c = nngp(step, input).mul(f1);
            FloatVector size = c.abs().min(1);
            FloatVector v = size.neg().add(1).max(least.mul(0.5f));
            if (run.ntk != null) {
                FloatVector theta =
                        ntk(
                                step,
                                input,
                                FloatVector.fromMemorySegment(SPECIES, run.ntk, at, ORDER, lanes));
                theta.mul(f1.mul(outer).div(v.mul(v.neg().add(2)).sqrt()))
                        .intoMemorySegment(run.ntk, at, ORDER, lanes);
            }
            signed(c, arcSine(size, v))
                    .fma(
                            FloatVector.broadcast(SPECIES, outer),
                            FloatVector.broadcast(SPECIES, shift))
                    .intoMemorySegment(run.nngp, at, ORDER, lanes);
        }
    }

    private static FloatVector ntk(AffineStep step, FloatVector q, FloatVector theta) {
        FloatVector gained =
                q.fma(
                        FloatVector.broadcast(SPECIES, (float) step.ntkGain()),
                        FloatVector.broadcast(SPECIES, (float) step.ntkShift()));
        return theta.fma(FloatVector.broadcast(SPECIES, (float) step.ntkScale()), gained);
    }

    private static FloatVector nngp(AffineStep step, FloatVector q) {
        return q.fma(
                FloatVector.broadcast(SPECIES, (float) step.scale()),
                FloatVector.broadcast(SPECIES, (float) step.shift()));
    }

    private static FloatVector arcSine(FloatVector size, FloatVector v) {
        VectorMask<Float> upper = size.compare(VectorOperators.GT, 0.5f);
        FloatVector half = v.mul(0.5f);
        FloatVector root = size.blend(half.sqrt(), upper);
        FloatVector arc = root.mul(p(size.mul(size).blend(half, upper)));
        return arc.blend(arc.mul(-2).add((float) (Math.PI / 2)), upper);
    }

    private static FloatVector signed(FloatVector sign, FloatVector size) {
        return size.blend(size.neg(), sign.compare(VectorOperators.LT, 0));
    }

    private static FloatVector p(FloatVector s) {
        FloatVector sum =
                s.fma(FloatVector.broadcast(SPECIES, P5), FloatVector.broadcast(SPECIES, P4));
        sum = sum.fma(s, FloatVector.broadcast(SPECIES, P3));
        sum = sum.fma(s, FloatVector.broadcast(SPECIES, P2));
        sum = sum.fma(s, FloatVector.broadcast(SPECIES, P1));
        sum = sum.fma(s, FloatVector.broadcast(SPECIES, P0));
        return sum;
    }
}
