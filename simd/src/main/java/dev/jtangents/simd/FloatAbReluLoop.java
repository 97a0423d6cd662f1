package dev.jtangents.simd;

import static dev.jtangents.simd.FloatArcTerms.G0;
import static dev.jtangents.simd.FloatArcTerms.G1;
import static dev.jtangents.simd.FloatArcTerms.G2;
import static dev.jtangents.simd.FloatArcTerms.G3;
import static dev.jtangents.simd.FloatArcTerms.G4;
import static dev.jtangents.simd.FloatArcTerms.G5;
import static dev.jtangents.simd.FloatArcTerms.H0;
import static dev.jtangents.simd.FloatArcTerms.H1;
import static dev.jtangents.simd.FloatArcTerms.H2;
import static dev.jtangents.simd.FloatArcTerms.H3;
import static dev.jtangents.simd.FloatArcTerms.H4;
import static dev.jtangents.simd.FloatArcTerms.H5;
import static dev.jtangents.simd.FloatArcTerms.H6;

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
    private static final FloatVector TWO = FloatVector.broadcast(SPECIES, 2f);
    private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1f);
    private static final FloatVector ZERO = FloatVector.zero(SPECIES);

    FloatAbReluLoop(AbReluMap map, boolean nonNegative) {
        super(map, DType.F32, nonNegative);
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
        boolean withNtk = run.ntk != null;
        MemorySegment nngp = run.nngp;
        MemorySegment ntk = run.ntk == null ? nngp : run.ntk;
        MemorySegment factors = columns.segment();
        FloatVector scale = broadcast(step.scale());
        FloatVector shift = broadcast(step.shift());
        FloatVector ntkScale = broadcast(arc * step.ntkScale());
        FloatVector ntkGain = broadcast(arc * step.ntkGain());
        FloatVector ntkShift = broadcast(arc * step.ntkShift());
        FloatVector obtuse = broadcast(line);
        FloatVector acute = broadcast(line + Math.PI);
        int bytes = run.length * Float.BYTES;
        MemorySegment own = rows.segment();
        long ownNorms = rows.origin(run, NORM, row, 1) * Float.BYTES;
        long ownInverses = rows.origin(run, INVERSE, row, 1) * Float.BYTES;
        long ownStep = rows.entryStep() * Float.BYTES;
        long norms = columns.origin(run, NORM, column, run.length) * Float.BYTES;
        long inverses = columns.origin(run, INVERSE, column, run.length) * Float.BYTES;
        long columnStep = columns.entryStep() * Float.BYTES;
        long start = run.offset * Float.BYTES;
        long cellBytes = run.stride * Float.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long at = run.entries[cell] * columnStep;
            long ownAt = run.entries[cell] * ownStep;
            float ownNorm = own.get(ValueLayout.JAVA_FLOAT, ownNorms + ownAt);
            float ownInverse = own.get(ValueLayout.JAVA_FLOAT, ownInverses + ownAt);
            FloatVector norm = FloatVector.broadcast(SPECIES, ownNorm);
            FloatVector inverse = FloatVector.broadcast(SPECIES, ownInverse);
            FloatVector ownScale = scale.mul(inverse);
            FloatVector ownShift = shift.mul(inverse);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                FloatVector bothNorms =
                        norm.mul(
                                FloatVector.fromMemorySegment(
                                        SPECIES, factors, norms + at + i, ORDER));
                FloatVector c =
                        q.fma(ownScale, ownShift)
                                .mul(
                                        FloatVector.fromMemorySegment(
                                                SPECIES, factors, inverses + at + i, ORDER));
                FloatVector base = acute;
                FloatVector v =
                        ONE.sub(withSigns ? c.abs() : c)
                                .reinterpretAsInts()
                                .max(NO_BITS)
                                .reinterpretAsFloats();
                FloatVector u = v.sqrt();
                FloatVector signed = u;
                if (withSigns) {
                    VectorMask<Float> isAcute = c.compare(VectorOperators.GE, ZERO);
                    base = obtuse.blend(acute, isAcute);
                    signed = u.neg().blend(u, isAcute);
                }
                FloatVector kappa;
                if (withNtk) {
                    FloatVector h = v.fma(H6, H5);
                    h = v.fma(h, H4);
                    h = v.fma(h, H3);
                    h = v.fma(h, H2);
                    h = v.fma(h, H1);
                    h = v.fma(h, H0);
                    FloatVector slope = signed.fma(h, base);
                    FloatVector before =
                            FloatVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
                                    .fma(ntkScale, q.fma(ntkGain, ntkShift));
                    before.mul(slope).intoMemorySegment(ntk, start + i, ORDER);
                    FloatVector sine = v.mul(TWO.sub(v)).sqrt();
                    kappa = c.fma(slope, sine);
                } else {
                    FloatVector g = v.fma(G5, G4);
                    g = v.fma(g, G3);
                    g = v.fma(g, G2);
                    g = v.fma(g, G1);
                    g = v.fma(g, G0);
                    kappa = u.mul(v).fma(g, c.mul(base));
                }
                bothNorms.mul(kappa).intoMemorySegment(nngp, start + i, ORDER);
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
