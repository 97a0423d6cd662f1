package dev.jtangents.simd;

import dev.jtangents.maps.ErfMap;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link ErfMap} in f64: asin(|c|) = |c| p(c²) up to |c| = 1/2, and π/2 - 2 z p(z²) with z² = (1 -
 * |c|) / 2 above, so that both ends keep their digits.
 */
final class DoubleErfLoop extends ErfLoop {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private static final double[] P_FIT = ChebyshevFit.coefficients(ArcSeries::p, 12, 0.25);
    private static final double P0 = P_FIT[0];
    private static final double P1 = P_FIT[1];
    private static final double P2 = P_FIT[2];
    private static final double P3 = P_FIT[3];
    private static final double P4 = P_FIT[4];
    private static final double P5 = P_FIT[5];
    private static final double P6 = P_FIT[6];
    private static final double P7 = P_FIT[7];
    private static final double P8 = P_FIT[8];
    private static final double P9 = P_FIT[9];
    private static final double P10 = P_FIT[10];
    private static final double P11 = P_FIT[11];
    private static final double P12 = P_FIT[12];

    private final double outer = (map.a() * map.a() * 2 / Math.PI);
    private final double shift = (map.c() * map.c());

    DoubleErfLoop(ErfMap map) {
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
        run.check(Double.BYTES);
        long first = columns.index(0, column, run.length);
        long second = columns.index(1, column, run.length);
        double rowFirst = rows.get(0, row);
        double rowSecond = rows.get(1, row);
        MemorySegment factors = columns.segment();
        int whole = SPECIES.loopBound(run.length);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            long at = (run.offset + i) * Double.BYTES;
            DoubleVector f1 =
                    DoubleVector.fromMemorySegment(
                                    SPECIES, factors, (first + i) * Double.BYTES, ORDER)
                            .mul(rowFirst);
            DoubleVector f2 =
                    DoubleVector.fromMemorySegment(
                            SPECIES, factors, (second + i) * Double.BYTES, ORDER);
            DoubleVector least = f2.mul(1 - rowSecond).add(rowSecond);
            DoubleVector input = DoubleVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER);
            DoubleVector c = nngp(step, input).mul(f1);
            DoubleVector size = c.abs().min(1);
            DoubleVector v = size.neg().add(1).max(least.mul(0.5));
            if (run.ntk != null) {
                DoubleVector theta =
                        ntk(
                                step,
                                input,
                                DoubleVector.fromMemorySegment(SPECIES, run.ntk, at, ORDER));
                theta.mul(f1.mul(outer).div(v.mul(v.neg().add(2)).sqrt()))
                        .intoMemorySegment(run.ntk, at, ORDER);
            }
            signed(c, arcSine(size, v))
                    .fma(
                            DoubleVector.broadcast(SPECIES, outer),
                            DoubleVector.broadcast(SPECIES, shift))
                    .intoMemorySegment(run.nngp, at, ORDER);
        }
        if (whole < run.length) {
            VectorMask<Double> lanes = SPECIES.indexInRange(whole, run.length);
            long at = (run.offset + whole) * Double.BYTES;
            DoubleVector f1 =
                    DoubleVector.fromMemorySegment(
                                    SPECIES, factors, (first + whole) * Double.BYTES, ORDER, lanes)
                            .mul(rowFirst);
            DoubleVector f2 =
                    DoubleVector.fromMemorySegment(
                            SPECIES, factors, (second + whole) * Double.BYTES, ORDER, lanes);
            DoubleVector least = f2.mul(1 - rowSecond).add(rowSecond);
            DoubleVector input =
                    DoubleVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER, lanes);
            DoubleVector c = nngp(step, input).mul(f1);
            DoubleVector size = c.abs().min(1);
            DoubleVector v = size.neg().add(1).max(least.mul(0.5));
            if (run.ntk != null) {
                DoubleVector theta =
                        ntk(
                                step,
                                input,
                                DoubleVector.fromMemorySegment(SPECIES, run.ntk, at, ORDER, lanes));
                theta.mul(f1.mul(outer).div(v.mul(v.neg().add(2)).sqrt()))
                        .intoMemorySegment(run.ntk, at, ORDER, lanes);
            }
            signed(c, arcSine(size, v))
                    .fma(
                            DoubleVector.broadcast(SPECIES, outer),
                            DoubleVector.broadcast(SPECIES, shift))
                    .intoMemorySegment(run.nngp, at, ORDER, lanes);
        }
    }

    private static DoubleVector ntk(AffineStep step, DoubleVector q, DoubleVector theta) {
        DoubleVector gained =
                q.fma(
                        DoubleVector.broadcast(SPECIES, step.ntkGain()),
                        DoubleVector.broadcast(SPECIES, step.ntkShift()));
        return theta.fma(DoubleVector.broadcast(SPECIES, step.ntkScale()), gained);
    }

    private static DoubleVector nngp(AffineStep step, DoubleVector q) {
        return q.fma(
                DoubleVector.broadcast(SPECIES, step.scale()),
                DoubleVector.broadcast(SPECIES, step.shift()));
    }

    private static DoubleVector arcSine(DoubleVector size, DoubleVector v) {
        VectorMask<Double> upper = size.compare(VectorOperators.GT, 0.5);
        DoubleVector half = v.mul(0.5);
        DoubleVector root = size.blend(half.sqrt(), upper);
        DoubleVector arc = root.mul(p(size.mul(size).blend(half, upper)));
        return arc.blend(arc.mul(-2).add((Math.PI / 2)), upper);
    }

    private static DoubleVector signed(DoubleVector sign, DoubleVector size) {
        return size.blend(size.neg(), sign.compare(VectorOperators.LT, 0));
    }

    private static DoubleVector p(DoubleVector s) {
        DoubleVector sum =
                s.fma(DoubleVector.broadcast(SPECIES, P12), DoubleVector.broadcast(SPECIES, P11));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P10));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P9));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P8));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P7));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P6));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P5));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P4));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P3));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P2));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P1));
        sum = sum.fma(s, DoubleVector.broadcast(SPECIES, P0));
        return sum;
    }
}
