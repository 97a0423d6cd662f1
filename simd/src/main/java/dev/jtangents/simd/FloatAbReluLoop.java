package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link AbReluMap} in f32: c from the norms, κ0 and κ1 from polynomials in v = 1 - |c| and u =
 * sqrt(v), so that there is no arc function, no division and one square root per entry.
 */
final class FloatAbReluLoop extends AbReluLoop {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private static final double[] H_FIT = ChebyshevFit.coefficients(ArcSeries::h, 7, 1);
    private static final float H0 = (float) H_FIT[0];
    private static final float H1 = (float) H_FIT[1];
    private static final float H2 = (float) H_FIT[2];
    private static final float H3 = (float) H_FIT[3];
    private static final float H4 = (float) H_FIT[4];
    private static final float H5 = (float) H_FIT[5];
    private static final float H6 = (float) H_FIT[6];
    private static final float H7 = (float) H_FIT[7];

    private static final double[] G_FIT = ChebyshevFit.coefficients(ArcSeries::g, 6, 1);
    private static final float G0 = (float) G_FIT[0];
    private static final float G1 = (float) G_FIT[1];
    private static final float G2 = (float) G_FIT[2];
    private static final float G3 = (float) G_FIT[3];
    private static final float G4 = (float) G_FIT[4];
    private static final float G5 = (float) G_FIT[5];
    private static final float G6 = (float) G_FIT[6];

    private final float arc = (float) map.arcFactor();
    private final float linear = (float) map.linearFactor();
    private final float arcAtOne = (float) (map.arcFactor() * Math.PI);

    FloatAbReluLoop(AbReluMap map) {
        super(map, DType.F32);
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
                                    SPECIES, factors, (second + i) * Float.BYTES, ORDER)
                            .mul(rowSecond);
            FloatVector input = FloatVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER);
            FloatVector c = nngp(step, input).mul(f2).max(-1).min(1);
            FloatVector v = c.abs().neg().add(1);
            FloatVector u = v.sqrt();
            if (run.ntk != null) {
                FloatVector theta =
                        ntk(
                                step,
                                input,
                                FloatVector.fromMemorySegment(SPECIES, run.ntk, at, ORDER));
                theta.mul(derivative(c, v, u)).intoMemorySegment(run.ntk, at, ORDER);
            }
            f1.mul(nngp(c, v, u)).intoMemorySegment(run.nngp, at, ORDER);
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
                                    SPECIES, factors, (second + whole) * Float.BYTES, ORDER, lanes)
                            .mul(rowSecond);
            FloatVector input = FloatVector.fromMemorySegment(SPECIES, run.nngp, at, ORDER, lanes);
            FloatVector c = nngp(step, input).mul(f2).max(-1).min(1);
            FloatVector v = c.abs().neg().add(1);
            FloatVector u = v.sqrt();
            if (run.ntk != null) {
                FloatVector theta =
                        ntk(
                                step,
                                input,
                                FloatVector.fromMemorySegment(SPECIES, run.ntk, at, ORDER, lanes));
                theta.mul(derivative(c, v, u)).intoMemorySegment(run.ntk, at, ORDER, lanes);
            }
            f1.mul(nngp(c, v, u)).intoMemorySegment(run.nngp, at, ORDER, lanes);
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

    /** arc κ0 + linear, where κ0 = π - θ: below c = 0 the angle of -c. */
    private FloatVector derivative(FloatVector c, FloatVector v, FloatVector u) {
        FloatVector angle = u.mul(h(v));
        VectorMask<Float> positive = c.compare(VectorOperators.GE, 0);
        FloatVector kappa0 = angle.blend(angle.neg().add((float) Math.PI), positive);
        return kappa0.fma(
                FloatVector.broadcast(SPECIES, arc), FloatVector.broadcast(SPECIES, linear));
    }

    /** arc κ1 + linear c, where κ1 = u³ g(v) + π max(c, 0). */
    private FloatVector nngp(FloatVector c, FloatVector v, FloatVector u) {
        FloatVector straight =
                c.max(0).fma(FloatVector.broadcast(SPECIES, arcAtOne), c.mul(linear));
        return u.mul(v).mul(g(v)).fma(FloatVector.broadcast(SPECIES, arc), straight);
    }

    private static FloatVector h(FloatVector v) {
        FloatVector sum =
                v.fma(FloatVector.broadcast(SPECIES, H7), FloatVector.broadcast(SPECIES, H6));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, H5));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, H4));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, H3));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, H2));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, H1));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, H0));
        return sum;
    }

    private static FloatVector g(FloatVector v) {
        FloatVector sum =
                v.fma(FloatVector.broadcast(SPECIES, G6), FloatVector.broadcast(SPECIES, G5));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, G4));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, G3));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, G2));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, G1));
        sum = sum.fma(v, FloatVector.broadcast(SPECIES, G0));
        return sum;
    }
}
