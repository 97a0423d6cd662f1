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

/** {@link AbReluLoop} in f32. */
final class FloatAbReluLoop extends AbReluLoop {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1f);
    private static final FloatVector ZERO = FloatVector.zero(SPECIES);

    private static final double[] H = ChebyshevFit.coefficients(ArcSeries::h, 6, 1);
    private static final FloatVector H0 = FloatVector.broadcast(SPECIES, (float) H[0]);
    private static final FloatVector H1 = FloatVector.broadcast(SPECIES, (float) H[1]);
    private static final FloatVector H2 = FloatVector.broadcast(SPECIES, (float) H[2]);
    private static final FloatVector H3 = FloatVector.broadcast(SPECIES, (float) H[3]);
    private static final FloatVector H4 = FloatVector.broadcast(SPECIES, (float) H[4]);
    private static final FloatVector H5 = FloatVector.broadcast(SPECIES, (float) H[5]);
    private static final FloatVector H6 = FloatVector.broadcast(SPECIES, (float) H[6]);

    private static final double[] G = ChebyshevFit.coefficients(ArcSeries::g, 5, 1);
    private static final FloatVector G0 = FloatVector.broadcast(SPECIES, (float) G[0]);
    private static final FloatVector G1 = FloatVector.broadcast(SPECIES, (float) G[1]);
    private static final FloatVector G2 = FloatVector.broadcast(SPECIES, (float) G[2]);
    private static final FloatVector G3 = FloatVector.broadcast(SPECIES, (float) G[3]);
    private static final FloatVector G4 = FloatVector.broadcast(SPECIES, (float) G[4]);
    private static final FloatVector G5 = FloatVector.broadcast(SPECIES, (float) G[5]);

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
                VectorMask<Float> isAcute = c.compare(VectorOperators.GE, ZERO);
                FloatVector base = obtuse.blend(acute, isAcute);
                FloatVector v = ONE.sub(c.abs()).abs();
                FloatVector u = v.sqrt();
                FloatVector cube = u.mul(v);
                FloatVector straight = c.mul(base);
                if (withNtk) {
                    FloatVector before =
                            FloatVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
                                    .fma(ntkScale, q.fma(ntkGain, ntkShift));
                    FloatVector signed = u.blend(u.neg(), isAcute);
                    FloatVector h = v.fma(H6, H5);
                    h = v.fma(h, H4);
                    h = v.fma(h, H3);
                    h = v.fma(h, H2);
                    h = v.fma(h, H1);
                    h = v.fma(h, H0);
                    before.mul(signed.fma(h, base)).intoMemorySegment(ntk, start + i, ORDER);
                }
                FloatVector g = v.fma(G5, G4);
                g = v.fma(g, G3);
                g = v.fma(g, G2);
                g = v.fma(g, G1);
                g = v.fma(g, G0);
                bothNorms.mul(cube.fma(g, straight)).intoMemorySegment(nngp, start + i, ORDER);
            }
            start += cellBytes;
        }
    }

    @Override
    public boolean sumsWindows() {
        return true;
    }

    @Override
    public void applyToPlane(
            PlaneRun run, AffineStep step, OwnFactors own, FactorTable columns, long column) {
        long[] starts = run.starts(Float.BYTES, SPECIES.length());
        own.check(run);
        long norms = columns.origin(run, NORM, column) * Float.BYTES;
        long inverses = columns.origin(run, INVERSE, column) * Float.BYTES;
        if (run.sums) {
            mapSums(run, step, own, columns.segment(), norms, inverses, starts);
        } else {
            mapCells(run, step, own, columns.segment(), norms, inverses);
        }
    }

    private void mapSums(
            PlaneRun run,
            AffineStep step,
            OwnFactors own,
            MemorySegment factors,
            long norms,
            long inverses,
            long[] starts) {
        boolean withNtk = run.ntk != null;
        MemorySegment nngp = run.nngp;
        MemorySegment ntk = run.ntk == null ? nngp : run.ntk;
        float scale = (float) step.scale();
        FloatVector shift = broadcast(step.shift() / step.scale());
        FloatVector ntkScale = broadcast(arc * step.ntkScale());
        FloatVector ntkGain = broadcast(arc * step.ntkGain());
        FloatVector ntkShift = broadcast(arc * step.ntkShift());
        FloatVector obtuse = broadcast(line);
        FloatVector acute = broadcast(line + Math.PI);
        float[] ownFactors = own.floats;
        int ownInverses = INVERSE * own.entries;
        long cellBytes = run.stride * Float.BYTES;
        int bytes = run.length * Float.BYTES;
        long target = run.target * Float.BYTES;
        long rowBytes = run.rowLength * cellBytes;
        boolean seesFirst = run.first == 0;
        int length = run.rowLength;
        int whole = run.whole();
        for (int row = 0; row < run.rowCount; row++) {
            int entry = run.entries[row];
            for (int lane = 0; lane < bytes; lane += SPECIES.vectorByteSize()) {
                long zeros = run.zeros * Float.BYTES + lane;
                long to = target + row * rowBytes + lane;
                long at = entry * run.stride * Float.BYTES + lane;
                long a = starts[PlaneRun.SIZE * row] + lane;
                long b = starts[PlaneRun.SIZE * row + 1] + lane;
                long c = starts[PlaneRun.SIZE * row + 2] + lane;
                FloatVector q0 = FloatVector.zero(SPECIES);
                FloatVector theta0 = FloatVector.zero(SPECIES);
                if (seesFirst) {
                    q0 =
                            FloatVector.fromMemorySegment(SPECIES, nngp, a, ORDER)
                                    .add(FloatVector.fromMemorySegment(SPECIES, nngp, b, ORDER))
                                    .add(FloatVector.fromMemorySegment(SPECIES, nngp, c, ORDER));
                    if (withNtk) {
                        theta0 =
                                FloatVector.fromMemorySegment(SPECIES, ntk, a, ORDER)
                                        .add(FloatVector.fromMemorySegment(SPECIES, ntk, b, ORDER))
                                        .add(FloatVector.fromMemorySegment(SPECIES, ntk, c, ORDER));
                    }
                    a += cellBytes;
                    b += cellBytes;
                    c += cellBytes;
                }
                FloatVector q1 =
                        FloatVector.fromMemorySegment(SPECIES, nngp, a, ORDER)
                                .add(FloatVector.fromMemorySegment(SPECIES, nngp, b, ORDER))
                                .add(FloatVector.fromMemorySegment(SPECIES, nngp, c, ORDER));
                FloatVector theta1 = FloatVector.zero(SPECIES);
                if (withNtk) {
                    theta1 =
                            FloatVector.fromMemorySegment(SPECIES, ntk, a, ORDER)
                                    .add(FloatVector.fromMemorySegment(SPECIES, ntk, b, ORDER))
                                    .add(FloatVector.fromMemorySegment(SPECIES, ntk, c, ORDER));
                }
                a += cellBytes;
                b += cellBytes;
                c += cellBytes;
                for (int cell = 0; cell < length; cell++) {
                    long i = cell * cellBytes;
                    // Beyond the source row all is 0. No branch: it would break the pipeline.
                    long beyond = (whole - 1 - cell) >> 31;
                    long a2 = (a + i) & ~beyond | zeros & beyond;
                    long b2 = (b + i) & ~beyond | zeros & beyond;
                    long c2 = (c + i) & ~beyond | zeros & beyond;
                    FloatVector q2 =
                            FloatVector.fromMemorySegment(SPECIES, nngp, a2, ORDER)
                                    .add(FloatVector.fromMemorySegment(SPECIES, nngp, b2, ORDER))
                                    .add(FloatVector.fromMemorySegment(SPECIES, nngp, c2, ORDER));
                    FloatVector q = q0.add(q1).add(q2);
                    q0 = q1;
                    q1 = q2;
                    FloatVector theta = FloatVector.zero(SPECIES);
                    if (withNtk) {
                        FloatVector theta2 =
                                FloatVector.fromMemorySegment(SPECIES, ntk, a2, ORDER)
                                        .add(FloatVector.fromMemorySegment(SPECIES, ntk, b2, ORDER))
                                        .add(
                                                FloatVector.fromMemorySegment(
                                                        SPECIES, ntk, c2, ORDER));
                        theta = theta0.add(theta1).add(theta2);
                        theta0 = theta1;
                        theta1 = theta2;
                    }
                    FloatVector ownInverse =
                            FloatVector.broadcast(
                                    SPECIES, scale * ownFactors[ownInverses + entry + cell]);
                    FloatVector bothNorms =
                            FloatVector.fromMemorySegment(SPECIES, factors, norms + at + i, ORDER)
                                    .mul(ownFactors[entry + cell]);
                    FloatVector inverse =
                            FloatVector.fromMemorySegment(
                                    SPECIES, factors, inverses + at + i, ORDER);
                    FloatVector correlation = inverse.mul(ownInverse.mul(q.add(shift)));
                    FloatVector before = theta.fma(ntkScale, q.fma(ntkGain, ntkShift));
                    VectorMask<Float> isAcute = correlation.compare(VectorOperators.GE, ZERO);
                    FloatVector base = obtuse.blend(acute, isAcute);
                    FloatVector v = ONE.sub(correlation.abs()).abs();
                    FloatVector u = v.sqrt();
                    FloatVector cube = u.mul(v);
                    FloatVector straight = correlation.mul(base);
                    if (withNtk) {
                        FloatVector signed = u.blend(u.neg(), isAcute);
                        FloatVector h = v.fma(H6, H5);
                        h = v.fma(h, H4);
                        h = v.fma(h, H3);
                        h = v.fma(h, H2);
                        h = v.fma(h, H1);
                        h = v.fma(h, H0);
                        before.mul(signed.fma(h, base)).intoMemorySegment(ntk, to + i, ORDER);
                    }
                    FloatVector g = v.fma(G5, G4);
                    g = v.fma(g, G3);
                    g = v.fma(g, G2);
                    g = v.fma(g, G1);
                    g = v.fma(g, G0);
                    bothNorms.mul(cube.fma(g, straight)).intoMemorySegment(nngp, to + i, ORDER);
                }
            }
        }
    }

    private void mapCells(
            PlaneRun run,
            AffineStep step,
            OwnFactors own,
            MemorySegment factors,
            long norms,
            long inverses) {
        boolean withNtk = run.ntk != null;
        MemorySegment nngp = run.nngp;
        MemorySegment ntk = run.ntk == null ? nngp : run.ntk;
        float scale = (float) step.scale();
        FloatVector shift = broadcast(step.shift() / step.scale());
        FloatVector ntkScale = broadcast(arc * step.ntkScale());
        FloatVector ntkGain = broadcast(arc * step.ntkGain());
        FloatVector ntkShift = broadcast(arc * step.ntkShift());
        FloatVector obtuse = broadcast(line);
        FloatVector acute = broadcast(line + Math.PI);
        float[] ownFactors = own.floats;
        int ownInverses = INVERSE * own.entries;
        long cellBytes = run.stride * Float.BYTES;
        int bytes = run.length * Float.BYTES;
        long target = run.target * Float.BYTES;
        long rowBytes = run.rowLength * cellBytes;
        for (int row = 0; row < run.rowCount; row++) {
            int entry = run.entries[row];
            for (int lane = 0; lane < bytes; lane += SPECIES.vectorByteSize()) {
                long to = target + row * rowBytes + lane;
                long at = entry * run.stride * Float.BYTES + lane;
                for (int cell = 0; cell < run.rowLength; cell++) {
                    long i = cell * cellBytes;
                    FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, to + i, ORDER);
                    FloatVector theta = FloatVector.zero(SPECIES);
                    if (withNtk) {
                        theta = FloatVector.fromMemorySegment(SPECIES, ntk, to + i, ORDER);
                    }
                    FloatVector ownInverse =
                            FloatVector.broadcast(
                                    SPECIES, scale * ownFactors[ownInverses + entry + cell]);
                    FloatVector bothNorms =
                            FloatVector.fromMemorySegment(SPECIES, factors, norms + at + i, ORDER)
                                    .mul(ownFactors[entry + cell]);
                    FloatVector inverse =
                            FloatVector.fromMemorySegment(
                                    SPECIES, factors, inverses + at + i, ORDER);
                    FloatVector correlation = inverse.mul(ownInverse.mul(q.add(shift)));
                    FloatVector before = theta.fma(ntkScale, q.fma(ntkGain, ntkShift));
                    VectorMask<Float> isAcute = correlation.compare(VectorOperators.GE, ZERO);
                    FloatVector base = obtuse.blend(acute, isAcute);
                    FloatVector v = ONE.sub(correlation.abs()).abs();
                    FloatVector u = v.sqrt();
                    FloatVector cube = u.mul(v);
                    FloatVector straight = correlation.mul(base);
                    if (withNtk) {
                        FloatVector signed = u.blend(u.neg(), isAcute);
                        FloatVector h = v.fma(H6, H5);
                        h = v.fma(h, H4);
                        h = v.fma(h, H3);
                        h = v.fma(h, H2);
                        h = v.fma(h, H1);
                        h = v.fma(h, H0);
                        before.mul(signed.fma(h, base)).intoMemorySegment(ntk, to + i, ORDER);
                    }
                    FloatVector g = v.fma(G5, G4);
                    g = v.fma(g, G3);
                    g = v.fma(g, G2);
                    g = v.fma(g, G1);
                    g = v.fma(g, G0);
                    bothNorms.mul(cube.fma(g, straight)).intoMemorySegment(nngp, to + i, ORDER);
                }
            }
        }
    }

    private static FloatVector broadcast(double value) {
        return FloatVector.broadcast(SPECIES, (float) value);
    }
}
