package dev.jtangents.simd;

import static dev.jtangents.simd.FloatArcTerms.A0;
import static dev.jtangents.simd.FloatArcTerms.A1;
import static dev.jtangents.simd.FloatArcTerms.A2;
import static dev.jtangents.simd.FloatArcTerms.A3;
import static dev.jtangents.simd.FloatArcTerms.A4;
import static dev.jtangents.simd.FloatArcTerms.A5;
import static dev.jtangents.simd.FloatArcTerms.A6;
import static dev.jtangents.simd.FloatArcTerms.A7;
import static dev.jtangents.simd.FloatArcTerms.G0;
import static dev.jtangents.simd.FloatArcTerms.G1;
import static dev.jtangents.simd.FloatArcTerms.G2;
import static dev.jtangents.simd.FloatArcTerms.G3;
import static dev.jtangents.simd.FloatArcTerms.G4;
import static dev.jtangents.simd.FloatArcTerms.G5;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** {@link AbReluLoop} in f32. */
final class FloatAbReluLoop extends AbReluLoop {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final IntVector NO_BITS =
            IntVector.zero(SPECIES.vectorShape().withLanes(int.class));
    private static final FloatVector BY_PI = FloatVector.broadcast(SPECIES, (float) (1 / Math.PI));
    private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1f);
    private static final IntVector ONE_BITS = ONE.reinterpretAsInts();
    private static final FloatVector ZERO = FloatVector.zero(SPECIES);

    FloatAbReluLoop(AbReluMap map, boolean nonNegative, boolean withNtk) {
        super(map, DType.F32, nonNegative, withNtk);
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
        if (run.ntk == null) {
            requireInverses();
            applyToNngp(run, step, rows, row, columns, column);
        } else {
            applyToBoth(run, run.ntk, step, rows, row, columns, column);
        }
    }

    private void applyToBoth(
            Run run,
            MemorySegment ntk,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        MemorySegment nngp = run.nngp;
        FloatVector arcScale = broadcast(arc * step.scale());
        FloatVector arcShift = broadcast(arc * step.shift());
        FloatVector ntkScale = broadcast(arc * step.ntkScale());
        FloatVector ntkGain = broadcast(arc * step.ntkGain());
        FloatVector ntkShift = broadcast(arc * step.ntkShift());
        FloatVector obtuse = broadcast(line);
        FloatVector acute = broadcast(line + 1);
        int bytes = run.length * Float.BYTES;
        MemorySegment own = rows.segment();
        long ownStep = rows.entryStep() * Float.BYTES;
        MemorySegment factors = columns.segment();
        long columnStep = columns.entryStep() * Float.BYTES;
        long start = run.offset * Float.BYTES;
        long cellBytes = run.stride * Float.BYTES;
        long ownNorms = rows.origin(run, NORM, row, 1) * Float.BYTES;
        long norms = columns.origin(run, NORM, column, run.length) * Float.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long at = run.entries[cell] * columnStep;
            long ownAt = run.entries[cell] * ownStep;
            float ownNorm = own.get(ValueLayout.JAVA_FLOAT, ownNorms + ownAt);
            FloatVector norm = FloatVector.broadcast(SPECIES, ownNorm);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                FloatVector columnNorm =
                        FloatVector.fromMemorySegment(SPECIES, factors, norms + at + i, ORDER);
                FloatVector base = acute;
                FloatVector p = q.fma(arcScale, arcShift);
                FloatVector size = withSigns ? p.abs() : p;
                FloatVector sum = columnNorm.fma(norm, size);
                FloatVector square =
                        columnNorm
                                .fma(norm, size.neg())
                                .reinterpretAsInts()
                                .max(NO_BITS)
                                .reinterpretAsFloats()
                                .div(sum)
                                .reinterpretAsInts()
                                .lanewise(VectorOperators.UMIN, ONE_BITS)
                                .reinterpretAsFloats();
                FloatVector tangent = square.sqrt().mul(BY_PI);
                FloatVector signed = tangent;
                if (withSigns) {
                    VectorMask<Float> isAcute = p.compare(VectorOperators.GE, ZERO);
                    base = obtuse.blend(acute, isAcute);
                    signed = tangent.neg().blend(tangent, isAcute);
                }
                FloatVector angle = square.fma(A7, A6);
                angle = square.fma(angle, A5);
                angle = square.fma(angle, A4);
                angle = square.fma(angle, A3);
                angle = square.fma(angle, A2);
                angle = square.fma(angle, A1);
                angle = square.fma(angle, A0);
                FloatVector slope = signed.fma(angle, base);
                FloatVector before =
                        FloatVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
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
            FactorTable columns,
            long column) {
        MemorySegment nngp = run.nngp;
        FloatVector scale = broadcast(step.scale());
        FloatVector shift = broadcast(step.shift());
        FloatVector obtuse = broadcast(line);
        FloatVector acute = broadcast(line + 1);
        int bytes = run.length * Float.BYTES;
        MemorySegment own = rows.segment();
        long ownStep = rows.entryStep() * Float.BYTES;
        MemorySegment factors = columns.segment();
        long columnStep = columns.entryStep() * Float.BYTES;
        long start = run.offset * Float.BYTES;
        long cellBytes = run.stride * Float.BYTES;
        long ownNorms = rows.origin(run, NORM, row, 1) * Float.BYTES;
        long norms = columns.origin(run, NORM, column, run.length) * Float.BYTES;
        long ownInverses = rows.origin(run, INVERSE, row, 1) * Float.BYTES;
        long inverses = columns.origin(run, INVERSE, column, run.length) * Float.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long at = run.entries[cell] * columnStep;
            long ownAt = run.entries[cell] * ownStep;
            float ownNorm = own.get(ValueLayout.JAVA_FLOAT, ownNorms + ownAt);
            FloatVector norm = FloatVector.broadcast(SPECIES, ownNorm);
            float ownInverse = own.get(ValueLayout.JAVA_FLOAT, ownInverses + ownAt);
            FloatVector inverse = FloatVector.broadcast(SPECIES, ownInverse);
            FloatVector ownScale = scale.mul(inverse);
            FloatVector ownShift = shift.mul(inverse);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                FloatVector columnNorm =
                        FloatVector.fromMemorySegment(SPECIES, factors, norms + at + i, ORDER);
                FloatVector base = acute;
                FloatVector c =
                        q.fma(ownScale, ownShift)
                                .mul(
                                        FloatVector.fromMemorySegment(
                                                SPECIES, factors, inverses + at + i, ORDER));
                FloatVector v =
                        ONE.sub(withSigns ? c.abs() : c)
                                .reinterpretAsInts()
                                .max(NO_BITS)
                                .reinterpretAsFloats();
                if (withSigns) {
                    base = obtuse.blend(acute, c.compare(VectorOperators.GE, ZERO));
                }
                FloatVector g = v.fma(G5, G4);
                g = v.fma(g, G3);
                g = v.fma(g, G2);
                g = v.fma(g, G1);
                g = v.fma(g, G0);
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
        return true;
    }

    @Override
    AbReluPlanes planes(AbReluPlanes.Case which) {
        return FloatAbReluPlanes.of(which);
    }

    private static FloatVector broadcast(double value) {
        return FloatVector.broadcast(SPECIES, (float) value);
    }
}
