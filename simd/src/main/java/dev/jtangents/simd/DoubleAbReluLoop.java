package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@link AbReluMap} in f64: c from the norms, κ0 and κ1 from polynomials in v = 1 - |c| and u =
 * sqrt(v), so that there is no arc function, no division and one square root per pass. The two
 * kernels take a pass each: both in one are more than the compiler inlines into a method.
 */
final class DoubleAbReluLoop extends AbReluLoop {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final DoubleVector ONE = DoubleVector.broadcast(SPECIES, 1);
    private static final DoubleVector MINUS_ONE = DoubleVector.broadcast(SPECIES, -1);
    private static final DoubleVector ZERO = DoubleVector.zero(SPECIES);
    private static final DoubleVector PI = DoubleVector.broadcast(SPECIES, Math.PI);

    private static final double[] H = ChebyshevFit.coefficients(ArcSeries::h, 16, 1);
    private static final DoubleVector H0 = DoubleVector.broadcast(SPECIES, H[0]);
    private static final DoubleVector H1 = DoubleVector.broadcast(SPECIES, H[1]);
    private static final DoubleVector H2 = DoubleVector.broadcast(SPECIES, H[2]);
    private static final DoubleVector H3 = DoubleVector.broadcast(SPECIES, H[3]);
    private static final DoubleVector H4 = DoubleVector.broadcast(SPECIES, H[4]);
    private static final DoubleVector H5 = DoubleVector.broadcast(SPECIES, H[5]);
    private static final DoubleVector H6 = DoubleVector.broadcast(SPECIES, H[6]);
    private static final DoubleVector H7 = DoubleVector.broadcast(SPECIES, H[7]);
    private static final DoubleVector H8 = DoubleVector.broadcast(SPECIES, H[8]);
    private static final DoubleVector H9 = DoubleVector.broadcast(SPECIES, H[9]);
    private static final DoubleVector H10 = DoubleVector.broadcast(SPECIES, H[10]);
    private static final DoubleVector H11 = DoubleVector.broadcast(SPECIES, H[11]);
    private static final DoubleVector H12 = DoubleVector.broadcast(SPECIES, H[12]);
    private static final DoubleVector H13 = DoubleVector.broadcast(SPECIES, H[13]);
    private static final DoubleVector H14 = DoubleVector.broadcast(SPECIES, H[14]);
    private static final DoubleVector H15 = DoubleVector.broadcast(SPECIES, H[15]);
    private static final DoubleVector H16 = DoubleVector.broadcast(SPECIES, H[16]);

    private static final double[] G = ChebyshevFit.coefficients(ArcSeries::g, 15, 1);
    private static final DoubleVector G0 = DoubleVector.broadcast(SPECIES, G[0]);
    private static final DoubleVector G1 = DoubleVector.broadcast(SPECIES, G[1]);
    private static final DoubleVector G2 = DoubleVector.broadcast(SPECIES, G[2]);
    private static final DoubleVector G3 = DoubleVector.broadcast(SPECIES, G[3]);
    private static final DoubleVector G4 = DoubleVector.broadcast(SPECIES, G[4]);
    private static final DoubleVector G5 = DoubleVector.broadcast(SPECIES, G[5]);
    private static final DoubleVector G6 = DoubleVector.broadcast(SPECIES, G[6]);
    private static final DoubleVector G7 = DoubleVector.broadcast(SPECIES, G[7]);
    private static final DoubleVector G8 = DoubleVector.broadcast(SPECIES, G[8]);
    private static final DoubleVector G9 = DoubleVector.broadcast(SPECIES, G[9]);
    private static final DoubleVector G10 = DoubleVector.broadcast(SPECIES, G[10]);
    private static final DoubleVector G11 = DoubleVector.broadcast(SPECIES, G[11]);
    private static final DoubleVector G12 = DoubleVector.broadcast(SPECIES, G[12]);
    private static final DoubleVector G13 = DoubleVector.broadcast(SPECIES, G[13]);
    private static final DoubleVector G14 = DoubleVector.broadcast(SPECIES, G[14]);
    private static final DoubleVector G15 = DoubleVector.broadcast(SPECIES, G[15]);

    DoubleAbReluLoop(AbReluMap map) {
        super(map, DType.F64);
    }

    @Override
    public void apply(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        run.check(Double.BYTES, SPECIES.length());
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
        DoubleVector scale = broadcast(step.scale());
        DoubleVector shift = broadcast(step.shift());
        DoubleVector ntkScale = broadcast(step.ntkScale());
        DoubleVector ntkGain = broadcast(step.ntkGain());
        DoubleVector ntkShift = broadcast(step.ntkShift());
        DoubleVector arc = broadcast(map.arcFactor());
        DoubleVector linear = broadcast(map.linearFactor());
        int bytes = run.length * Double.BYTES;
        MemorySegment own = rows.segment();
        long ownInverse = rows.origin(run, 1, row, 1) * Double.BYTES;
        long ownStep = rows.entryStep() * Double.BYTES;
        long inverses = columns.origin(run, 1, column, run.length) * Double.BYTES;
        long columnStep = columns.entryStep() * Double.BYTES;
        long start = run.offset * Double.BYTES;
        long cellBytes = run.stride * Double.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long at = run.entries[cell] * columnStep;
            long ownAt = run.entries[cell] * ownStep;
            DoubleVector inverse =
                    DoubleVector.broadcast(
                            SPECIES, own.get(ValueLayout.JAVA_DOUBLE, ownInverse + ownAt));
            DoubleVector ownScale = scale.mul(inverse);
            DoubleVector ownShift = shift.mul(inverse);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                DoubleVector q = DoubleVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                DoubleVector theta =
                        DoubleVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
                                .fma(ntkScale, q.fma(ntkGain, ntkShift));
                DoubleVector c =
                        q.fma(ownScale, ownShift)
                                .mul(
                                        DoubleVector.fromMemorySegment(
                                                SPECIES, factors, inverses + at + i, ORDER));
                DoubleVector v = ONE.sub(c.abs().min(ONE));
                DoubleVector angle = v.sqrt().mul(h(v));
                VectorMask<Double> positive = c.compare(VectorOperators.GE, ZERO);
                DoubleVector kappa0 = angle.blend(PI.sub(angle), positive);
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
        DoubleVector scale = broadcast(step.scale());
        DoubleVector shift = broadcast(step.shift());
        DoubleVector arc = broadcast(map.arcFactor());
        DoubleVector straight = broadcast(map.arcFactor() * Math.PI);
        DoubleVector linear = broadcast(map.linearFactor());
        int bytes = run.length * Double.BYTES;
        MemorySegment own = rows.segment();
        long ownNorm = rows.origin(run, 0, row, 1) * Double.BYTES;
        long ownInverse = rows.origin(run, 1, row, 1) * Double.BYTES;
        long ownStep = rows.entryStep() * Double.BYTES;
        long norms = columns.origin(run, 0, column, run.length) * Double.BYTES;
        long inverses = columns.origin(run, 1, column, run.length) * Double.BYTES;
        long columnStep = columns.entryStep() * Double.BYTES;
        long start = run.offset * Double.BYTES;
        long cellBytes = run.stride * Double.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long at = run.entries[cell] * columnStep;
            long ownAt = run.entries[cell] * ownStep;
            DoubleVector norm =
                    DoubleVector.broadcast(
                            SPECIES, own.get(ValueLayout.JAVA_DOUBLE, ownNorm + ownAt));
            DoubleVector inverse =
                    DoubleVector.broadcast(
                            SPECIES, own.get(ValueLayout.JAVA_DOUBLE, ownInverse + ownAt));
            DoubleVector ownScale = scale.mul(inverse);
            DoubleVector ownShift = shift.mul(inverse);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                DoubleVector q = DoubleVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                DoubleVector c =
                        q.fma(ownScale, ownShift)
                                .mul(
                                        DoubleVector.fromMemorySegment(
                                                SPECIES, factors, inverses + at + i, ORDER))
                                .min(ONE)
                                .max(MINUS_ONE);
                DoubleVector v = ONE.sub(c.abs());
                DoubleVector line = c.max(ZERO).fma(straight, c.mul(linear));
                DoubleVector curve = v.sqrt().mul(v).mul(g(v));
                DoubleVector bothNorms =
                        DoubleVector.fromMemorySegment(SPECIES, factors, norms + at + i, ORDER)
                                .mul(norm);
                curve.fma(arc, line).mul(bothNorms).intoMemorySegment(nngp, start + i, ORDER);
            }
            start += cellBytes;
        }
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }

    private static DoubleVector h(DoubleVector v) {
        DoubleVector sum = v.fma(H16, H15);
        sum = sum.fma(v, H14);
        sum = sum.fma(v, H13);
        sum = sum.fma(v, H12);
        sum = sum.fma(v, H11);
        sum = sum.fma(v, H10);
        sum = sum.fma(v, H9);
        sum = sum.fma(v, H8);
        sum = sum.fma(v, H7);
        sum = sum.fma(v, H6);
        sum = sum.fma(v, H5);
        sum = sum.fma(v, H4);
        sum = sum.fma(v, H3);
        sum = sum.fma(v, H2);
        sum = sum.fma(v, H1);
        sum = sum.fma(v, H0);
        return sum;
    }

    private static DoubleVector g(DoubleVector v) {
        DoubleVector sum = v.fma(G15, G14);
        sum = sum.fma(v, G13);
        sum = sum.fma(v, G12);
        sum = sum.fma(v, G11);
        sum = sum.fma(v, G10);
        sum = sum.fma(v, G9);
        sum = sum.fma(v, G8);
        sum = sum.fma(v, G7);
        sum = sum.fma(v, G6);
        sum = sum.fma(v, G5);
        sum = sum.fma(v, G4);
        sum = sum.fma(v, G3);
        sum = sum.fma(v, G2);
        sum = sum.fma(v, G1);
        sum = sum.fma(v, G0);
        return sum;
    }
}
