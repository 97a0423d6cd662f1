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

/** {@link AbReluLoop} in f64. */
final class DoubleAbReluLoop extends AbReluLoop implements SelfMapLoop {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final DoubleVector BY_PI = DoubleVector.broadcast(SPECIES, 1 / Math.PI);
    private static final DoubleVector ONE = DoubleVector.broadcast(SPECIES, 1);
    private static final DoubleVector ZERO = DoubleVector.zero(SPECIES);

    /** The coefficients of -2 a. */
    static final double[] A = ChebyshevFit.coefficients(s -> -2 * ArcSeries.a(s), 17, 1);

    /** Those of g / π. */
    static final double[] G = ChebyshevFit.coefficients(v -> ArcSeries.g(v) / Math.PI, 15, 1);

    DoubleAbReluLoop(AbReluMap map, boolean nonNegative, boolean withNtk) {
        super(map, DType.F64, nonNegative, withNtk);
    }

    @Override
    public void apply(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        map(run, step, rows, row, false, columns, column);
    }

    @Override
    public void applyToSelf(
            Run run, AffineStep step, FactorTable factors, long first, long second) {
        map(run, step, factors, first, true, factors, second);
    }

    /** With one example of the first batch, or with one in each lane. */
    private void map(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            boolean each,
            FactorTable columns,
            long column) {
        run.check(Double.BYTES, SPECIES.length());
        if (run.ntk == null) {
            requireInverses();
            applyToNngp(run, step, rows, row, each, columns, column);
        } else {
            applyToBoth(run, run.ntk, step, rows, row, each, columns, column);
        }
    }

    private void applyToBoth(
            Run run,
            MemorySegment ntk,
            AffineStep step,
            FactorTable rows,
            long row,
            boolean each,
            FactorTable columns,
            long column) {
        MemorySegment nngp = run.nngp;
        DoubleVector arcScale = broadcast(arc * step.scale());
        DoubleVector arcShift = broadcast(arc * step.shift());
        DoubleVector ntkScale = broadcast(arc * step.ntkScale());
        DoubleVector ntkGain = broadcast(arc * step.ntkGain());
        DoubleVector ntkShift = broadcast(arc * step.ntkShift());
        DoubleVector obtuse = broadcast(line);
        DoubleVector acute = broadcast(line + 1);
        int bytes = run.length * Double.BYTES;
        MemorySegment own = rows.segment();
        long ownStep = rows.entryStep() * Double.BYTES;
        MemorySegment factors = columns.segment();
        long columnStep = columns.entryStep() * Double.BYTES;
        long start = run.offset * Double.BYTES;
        long cellBytes = run.stride * Double.BYTES;
        int owners = each ? run.length : 1;
        long ownNorms = rows.origin(run, NORM, row, owners) * Double.BYTES;
        long norms = columns.origin(run, NORM, column, run.length) * Double.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long at = run.entries[cell] * columnStep;
            long ownAt = run.entries[cell] * ownStep;
            double ownNorm = own.get(ValueLayout.JAVA_DOUBLE, ownNorms + ownAt);
            DoubleVector norm = DoubleVector.broadcast(SPECIES, ownNorm);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                DoubleVector q = DoubleVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                if (each) {
                    norm =
                            DoubleVector.fromMemorySegment(
                                    SPECIES, own, ownNorms + ownAt + i, ORDER);
                }
                DoubleVector columnNorm =
                        DoubleVector.fromMemorySegment(SPECIES, factors, norms + at + i, ORDER);
                DoubleVector base = acute;
                DoubleVector p = q.fma(arcScale, arcShift);
                DoubleVector size = withSigns ? p.abs() : p;
                DoubleVector sum = columnNorm.fma(norm, size);
                DoubleVector ratio = columnNorm.fma(norm, size.neg()).abs().div(sum);
                DoubleVector square = ONE.blend(ratio, ratio.compare(VectorOperators.EQ, ratio));
                DoubleVector tangent = square.sqrt().mul(BY_PI);
                DoubleVector signed = tangent;
                if (withSigns) {
                    VectorMask<Double> isAcute = p.compare(VectorOperators.GE, ZERO);
                    base = obtuse.blend(acute, isAcute);
                    signed = tangent.neg().blend(tangent, isAcute);
                }
                DoubleVector angle = DoubleVector.broadcast(SPECIES, A[A.length - 1]);
                for (int k = A.length - 2; k >= 0; k--) {
                    angle = square.fma(angle, DoubleVector.broadcast(SPECIES, A[k]));
                }
                DoubleVector slope = signed.fma(angle, base);
                DoubleVector before =
                        DoubleVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
                                .fma(ntkScale, q.fma(ntkGain, ntkShift));
                before.mul(slope).intoMemorySegment(ntk, start + i, ORDER);
                tangent.fma(sum, p.mul(slope)).intoMemorySegment(nngp, start + i, ORDER);
            }
            start += cellBytes;
        }
    }

    private void applyToNngp(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            boolean each,
            FactorTable columns,
            long column) {
        MemorySegment nngp = run.nngp;
        DoubleVector scale = broadcast(step.scale());
        DoubleVector shift = broadcast(step.shift());
        DoubleVector obtuse = broadcast(line);
        DoubleVector acute = broadcast(line + 1);
        int bytes = run.length * Double.BYTES;
        MemorySegment own = rows.segment();
        long ownStep = rows.entryStep() * Double.BYTES;
        MemorySegment factors = columns.segment();
        long columnStep = columns.entryStep() * Double.BYTES;
        long start = run.offset * Double.BYTES;
        long cellBytes = run.stride * Double.BYTES;
        int owners = each ? run.length : 1;
        long ownNorms = rows.origin(run, NORM, row, owners) * Double.BYTES;
        long norms = columns.origin(run, NORM, column, run.length) * Double.BYTES;
        long ownInverses = rows.origin(run, INVERSE, row, owners) * Double.BYTES;
        long inverses = columns.origin(run, INVERSE, column, run.length) * Double.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long at = run.entries[cell] * columnStep;
            long ownAt = run.entries[cell] * ownStep;
            double ownNorm = own.get(ValueLayout.JAVA_DOUBLE, ownNorms + ownAt);
            DoubleVector norm = DoubleVector.broadcast(SPECIES, ownNorm);
            double ownInverse = own.get(ValueLayout.JAVA_DOUBLE, ownInverses + ownAt);
            DoubleVector inverse = DoubleVector.broadcast(SPECIES, ownInverse);
            DoubleVector ownScale = scale.mul(inverse);
            DoubleVector ownShift = shift.mul(inverse);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                DoubleVector q = DoubleVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                if (each) {
                    norm =
                            DoubleVector.fromMemorySegment(
                                    SPECIES, own, ownNorms + ownAt + i, ORDER);
                    inverse =
                            DoubleVector.fromMemorySegment(
                                    SPECIES, own, ownInverses + ownAt + i, ORDER);
                    ownScale = inverse.mul(scale);
                    ownShift = inverse.mul(shift);
                }
                DoubleVector columnNorm =
                        DoubleVector.fromMemorySegment(SPECIES, factors, norms + at + i, ORDER);
                DoubleVector base = acute;
                DoubleVector c =
                        q.fma(ownScale, ownShift)
                                .mul(
                                        DoubleVector.fromMemorySegment(
                                                SPECIES, factors, inverses + at + i, ORDER));
                DoubleVector v = ONE.sub(withSigns ? c.abs() : c).abs();
                if (withSigns) {
                    base = obtuse.blend(acute, c.compare(VectorOperators.GE, ZERO));
                }
                DoubleVector g = DoubleVector.broadcast(SPECIES, G[G.length - 1]);
                for (int k = G.length - 2; k >= 0; k--) {
                    g = v.fma(g, DoubleVector.broadcast(SPECIES, G[k]));
                }
                columnNorm
                        .mul(norm)
                        .mul(v.sqrt().mul(v).fma(g, c.mul(base)))
                        .intoMemorySegment(nngp, start + i, ORDER);
            }
            start += cellBytes;
        }
    }

    @Override
    public boolean sumsWindows() {
        return false;
    }

    @Override
    AbReluPlanes planes(AbReluPlanes.Case which) {
        return DoubleAbReluPlanes.of(which);
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
