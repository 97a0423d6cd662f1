package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@link AbReluMap} in f32: c from the norms, κ0 and κ1 from polynomials in v = 1 - |c| and u =
 * sqrt(v), so that there is no arc function, no division and one square root per pass. The two
 * kernels take a pass each: both in one are more than the compiler inlines into a method.
 */
final class FloatAbReluLoop extends AbReluLoop {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final FloatVector ONE = FloatVector.broadcast(SPECIES, (float) 1);
    private static final FloatVector MINUS_ONE = FloatVector.broadcast(SPECIES, (float) -1);
    private static final FloatVector ZERO = FloatVector.zero(SPECIES);
    private static final FloatVector PI = FloatVector.broadcast(SPECIES, (float) Math.PI);

    private static final double[] H = ChebyshevFit.coefficients(ArcSeries::h, 7, 1);
    private static final FloatVector H0 = FloatVector.broadcast(SPECIES, (float) H[0]);
    private static final FloatVector H1 = FloatVector.broadcast(SPECIES, (float) H[1]);
    private static final FloatVector H2 = FloatVector.broadcast(SPECIES, (float) H[2]);
    private static final FloatVector H3 = FloatVector.broadcast(SPECIES, (float) H[3]);
    private static final FloatVector H4 = FloatVector.broadcast(SPECIES, (float) H[4]);
    private static final FloatVector H5 = FloatVector.broadcast(SPECIES, (float) H[5]);
    private static final FloatVector H6 = FloatVector.broadcast(SPECIES, (float) H[6]);
    private static final FloatVector H7 = FloatVector.broadcast(SPECIES, (float) H[7]);

    private static final double[] G = ChebyshevFit.coefficients(ArcSeries::g, 6, 1);
    private static final FloatVector G0 = FloatVector.broadcast(SPECIES, (float) G[0]);
    private static final FloatVector G1 = FloatVector.broadcast(SPECIES, (float) G[1]);
    private static final FloatVector G2 = FloatVector.broadcast(SPECIES, (float) G[2]);
    private static final FloatVector G3 = FloatVector.broadcast(SPECIES, (float) G[3]);
    private static final FloatVector G4 = FloatVector.broadcast(SPECIES, (float) G[4]);
    private static final FloatVector G5 = FloatVector.broadcast(SPECIES, (float) G[5]);
    private static final FloatVector G6 = FloatVector.broadcast(SPECIES, (float) G[6]);

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
        run.check(Float.BYTES, SPECIES.length());
        if (run.ntk != null) {
            ntk(run, run.ntk, step, rows, row, columns, column);
        }
        nngp(run, step, rows, row, columns, column);
    }

    /** Θ' (arc κ0 + linear), where κ0 = π - θ. */
    private void ntk(
            Run run,
            MemorySegment ntk,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        MemorySegment nngp = run.nngp;
        MemorySegment factors = columns.segment();
        FloatVector scale = broadcast(step.scale());
        FloatVector shift = broadcast(step.shift());
        FloatVector ntkScale = broadcast(step.ntkScale());
        FloatVector ntkGain = broadcast(step.ntkGain());
        FloatVector ntkShift = broadcast(step.ntkShift());
        FloatVector arc = broadcast(map.arcFactor());
        FloatVector linear = broadcast(map.linearFactor());
        int bytes = run.length * Float.BYTES;
        MemorySegment own = rows.segment();
        long ownInverse = rows.origin(run, 1, row, 1) * Float.BYTES;
        long ownStep = rows.entryStep() * Float.BYTES;
        long inverses = columns.origin(run, 1, column, run.length) * Float.BYTES;
        long columnStep = columns.entryStep() * Float.BYTES;
        long start = run.offset * Float.BYTES;
        long cellBytes = run.stride * Float.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long at = run.entries[cell] * columnStep;
            long ownAt = run.entries[cell] * ownStep;
            FloatVector inverse =
                    FloatVector.broadcast(
                            SPECIES, own.get(ValueLayout.JAVA_FLOAT, ownInverse + ownAt));
            FloatVector ownScale = scale.mul(inverse);
            FloatVector ownShift = shift.mul(inverse);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                FloatVector theta =
                        FloatVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
                                .fma(ntkScale, q.fma(ntkGain, ntkShift));
                FloatVector c =
                        q.fma(ownScale, ownShift)
                                .mul(
                                        FloatVector.fromMemorySegment(
                                                SPECIES, factors, inverses + at + i, ORDER));
                FloatVector v = ONE.sub(c.abs().min(ONE));
                FloatVector angle = v.sqrt().mul(h(v));
                VectorMask<Float> positive = c.compare(VectorOperators.GE, ZERO);
                FloatVector kappa0 = angle.blend(PI.sub(angle), positive);
                theta.mul(kappa0.fma(arc, linear)).intoMemorySegment(ntk, start + i, ORDER);
            }
            start += cellBytes;
        }
    }

    /** |u| |v| (arc κ1 + linear c), where κ1 = u³ g(v) + π max(c, 0). */
    private void nngp(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        MemorySegment nngp = run.nngp;
        MemorySegment factors = columns.segment();
        FloatVector scale = broadcast(step.scale());
        FloatVector shift = broadcast(step.shift());
        FloatVector arc = broadcast(map.arcFactor());
        FloatVector straight = broadcast(map.arcFactor() * Math.PI);
        FloatVector linear = broadcast(map.linearFactor());
        int bytes = run.length * Float.BYTES;
        MemorySegment own = rows.segment();
        long ownNorm = rows.origin(run, 0, row, 1) * Float.BYTES;
        long ownInverse = rows.origin(run, 1, row, 1) * Float.BYTES;
        long ownStep = rows.entryStep() * Float.BYTES;
        long norms = columns.origin(run, 0, column, run.length) * Float.BYTES;
        long inverses = columns.origin(run, 1, column, run.length) * Float.BYTES;
        long columnStep = columns.entryStep() * Float.BYTES;
        long start = run.offset * Float.BYTES;
        long cellBytes = run.stride * Float.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long at = run.entries[cell] * columnStep;
            long ownAt = run.entries[cell] * ownStep;
            FloatVector norm =
                    FloatVector.broadcast(
                            SPECIES, own.get(ValueLayout.JAVA_FLOAT, ownNorm + ownAt));
            FloatVector inverse =
                    FloatVector.broadcast(
                            SPECIES, own.get(ValueLayout.JAVA_FLOAT, ownInverse + ownAt));
            FloatVector ownScale = scale.mul(inverse);
            FloatVector ownShift = shift.mul(inverse);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                FloatVector c =
                        q.fma(ownScale, ownShift)
                                .mul(
                                        FloatVector.fromMemorySegment(
                                                SPECIES, factors, inverses + at + i, ORDER))
                                .min(ONE)
                                .max(MINUS_ONE);
                FloatVector v = ONE.sub(c.abs());
                FloatVector line = c.max(ZERO).fma(straight, c.mul(linear));
                FloatVector curve = v.sqrt().mul(v).mul(g(v));
                FloatVector bothNorms =
                        FloatVector.fromMemorySegment(SPECIES, factors, norms + at + i, ORDER)
                                .mul(norm);
                curve.fma(arc, line).mul(bothNorms).intoMemorySegment(nngp, start + i, ORDER);
            }
            start += cellBytes;
        }
    }

    private static FloatVector broadcast(double value) {
        return FloatVector.broadcast(SPECIES, (float) value);
    }

    private static FloatVector h(FloatVector v) {
        FloatVector sum = v.fma(H7, H6);
        sum = sum.fma(v, H5);
        sum = sum.fma(v, H4);
        sum = sum.fma(v, H3);
        sum = sum.fma(v, H2);
        sum = sum.fma(v, H1);
        sum = sum.fma(v, H0);
        return sum;
    }

    private static FloatVector g(FloatVector v) {
        FloatVector sum = v.fma(G6, G5);
        sum = sum.fma(v, G4);
        sum = sum.fma(v, G3);
        sum = sum.fma(v, G2);
        sum = sum.fma(v, G1);
        sum = sum.fma(v, G0);
        return sum;
    }
}
