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

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Objects;

/** {@link AbReluPlanes} in f32. */
final class FloatAbReluPlanes implements AbReluPlanes {
    private static final Case CASE =
            Objects.requireNonNullElse(
                    Copies.which(MethodHandles.lookup(), Case.class),
                    new Case(true, true, true, true, true));
    private static final boolean WITH_NTK = CASE.withNtk();
    private static final boolean SEES_NTK = CASE.seesNtk();
    private static final boolean WITH_SIGNS = CASE.withSigns();
    private static final boolean SUMS = CASE.sums();
    private static final boolean LANE_BY_LANE = CASE.laneByLane();

    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final MemorySegment MEMORY = Addresses.MEMORY;
    private static final IntVector NO_BITS =
            IntVector.zero(SPECIES.vectorShape().withLanes(int.class));
    private static final FloatVector BY_PI = FloatVector.broadcast(SPECIES, (float) (1 / Math.PI));
    private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1f);
    private static final IntVector ONE_BITS = ONE.reinterpretAsInts();
    private static final FloatVector ZERO = FloatVector.zero(SPECIES);

    /** The loops of a case. */
    static AbReluPlanes of(Case which) {
        return Copies.of(MethodHandles.lookup(), AbReluPlanes.class, which);
    }

    @Override
    public void map(
            PlaneRun run,
            AffineStep step,
            double arc,
            double line,
            OwnFactors own,
            long ownNorms,
            long ownInverses,
            long norms,
            long inverses) {
        long[] starts = run.starts(Float.BYTES, SPECIES.length());
        if (run.sums != SUMS) {
            throw new IllegalArgumentException("These are the loops of the other case");
        }
        long memory = Addresses.ofTarget(run.nngp);
        long toNtk = run.ntk == null ? 0 : Addresses.ofTarget(run.ntk) - memory;
        float scale = (float) step.scale();
        FloatVector shift = broadcast(step.shift() / step.scale());
        FloatVector arcScale = broadcast(arc * step.scale());
        FloatVector arcShift = broadcast(arc * step.shift());
        FloatVector ntkScale = broadcast(arc * step.ntkScale());
        FloatVector ntkGain = broadcast(arc * step.ntkGain());
        FloatVector ntkShift = broadcast(arc * step.ntkShift());
        FloatVector obtuse = broadcast(line);
        FloatVector acute = broadcast(line + 1);
        float[] ownFactors = own.floats;
        int ownInverse0 = AbReluLoop.INVERSE * own.entries;
        long cellBytes = run.stride * Float.BYTES;
        int bytes = run.length * Float.BYTES;
        long target = memory + run.target * Float.BYTES;
        long same = memory + run.seen() * Float.BYTES;
        long rowBytes = run.rowLength * cellBytes;
        boolean seesFirst = run.first == 0;
        int length = run.rowLength;
        int whole = run.whole();
        for (int row = 0; row < run.rowCount; row++) {
            int entry = run.entries[row];
            for (int lane = 0; lane < bytes; lane += SPECIES.vectorByteSize()) {
                long zeros = memory + run.zeros * Float.BYTES + lane;
                long to = target + row * rowBytes + lane;
                long at = entry * run.stride * Float.BYTES + lane;
                long a = same + row * rowBytes + lane;
                long b = a;
                long c = a;
                FloatVector q0 = FloatVector.zero(SPECIES);
                FloatVector q1 = FloatVector.zero(SPECIES);
                FloatVector theta0 = FloatVector.zero(SPECIES);
                FloatVector theta1 = FloatVector.zero(SPECIES);
                if (SUMS) {
                    a = memory + starts[PlaneRun.SIZE * row] + lane;
                    b = memory + starts[PlaneRun.SIZE * row + 1] + lane;
                    c = memory + starts[PlaneRun.SIZE * row + 2] + lane;
                    if (seesFirst) {
                        q0 =
                                FloatVector.fromMemorySegment(SPECIES, MEMORY, a, ORDER)
                                        .add(
                                                FloatVector.fromMemorySegment(
                                                        SPECIES, MEMORY, b, ORDER))
                                        .add(
                                                FloatVector.fromMemorySegment(
                                                        SPECIES, MEMORY, c, ORDER));
                        if (SEES_NTK) {
                            theta0 =
                                    FloatVector.fromMemorySegment(SPECIES, MEMORY, a + toNtk, ORDER)
                                            .add(
                                                    FloatVector.fromMemorySegment(
                                                            SPECIES, MEMORY, b + toNtk, ORDER))
                                            .add(
                                                    FloatVector.fromMemorySegment(
                                                            SPECIES, MEMORY, c + toNtk, ORDER));
                        }
                        a += cellBytes;
                        b += cellBytes;
                        c += cellBytes;
                    }
                    q1 =
                            FloatVector.fromMemorySegment(SPECIES, MEMORY, a, ORDER)
                                    .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, b, ORDER))
                                    .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, c, ORDER));
                    if (SEES_NTK) {
                        theta1 =
                                FloatVector.fromMemorySegment(SPECIES, MEMORY, a + toNtk, ORDER)
                                        .add(
                                                FloatVector.fromMemorySegment(
                                                        SPECIES, MEMORY, b + toNtk, ORDER))
                                        .add(
                                                FloatVector.fromMemorySegment(
                                                        SPECIES, MEMORY, c + toNtk, ORDER));
                    }
                    a += cellBytes;
                    b += cellBytes;
                    c += cellBytes;
                }
                long ntk = a + toNtk;
                long toB = b - a;
                long toC = c - a;
                long toTarget = to - a;
                long toZeros = zeros - a;
                for (int cell = 0; cell < length; cell++) {
                    long i = cell * cellBytes;
                    FloatVector q;
                    FloatVector theta = FloatVector.zero(SPECIES);
                    if (SUMS) {
                        // Beyond the source row all is 0. No branch: it would break the pipeline.
                        long beyond = (whole - 1 - cell) >> 31;
                        long seen = i & ~beyond | toZeros & beyond;
                        long seenB = seen + (toB & ~beyond);
                        long seenC = seen + (toC & ~beyond);
                        FloatVector q2 =
                                FloatVector.fromMemorySegment(SPECIES, MEMORY, a + seen, ORDER)
                                        .add(
                                                FloatVector.fromMemorySegment(
                                                        SPECIES, MEMORY, a + seenB, ORDER))
                                        .add(
                                                FloatVector.fromMemorySegment(
                                                        SPECIES, MEMORY, a + seenC, ORDER));
                        q = q0.add(q1).add(q2);
                        q0 = q1;
                        q1 = q2;
                        if (SEES_NTK) {
                            FloatVector theta2 =
                                    FloatVector.fromMemorySegment(
                                                    SPECIES, MEMORY, ntk + seen, ORDER)
                                            .add(
                                                    FloatVector.fromMemorySegment(
                                                            SPECIES, MEMORY, ntk + seenB, ORDER))
                                            .add(
                                                    FloatVector.fromMemorySegment(
                                                            SPECIES, MEMORY, ntk + seenC, ORDER));
                            theta = theta0.add(theta1).add(theta2);
                            theta0 = theta1;
                            theta1 = theta2;
                        }
                    } else {
                        q = FloatVector.fromMemorySegment(SPECIES, MEMORY, a + i, ORDER);
                        if (SEES_NTK) {
                            theta = FloatVector.fromMemorySegment(SPECIES, MEMORY, ntk + i, ORDER);
                        }
                    }
                    FloatVector ownNorm =
                            LANE_BY_LANE
                                    ? FloatVector.fromMemorySegment(
                                            SPECIES, MEMORY, ownNorms + at + i, ORDER)
                                    : FloatVector.broadcast(SPECIES, ownFactors[entry + cell]);
                    FloatVector norm =
                            FloatVector.fromMemorySegment(SPECIES, MEMORY, norms + at + i, ORDER);
                    FloatVector base = acute;
                    if (WITH_NTK) {
                        FloatVector before = theta.fma(ntkScale, q.fma(ntkGain, ntkShift));
                        FloatVector p = q.fma(arcScale, arcShift);
                        FloatVector size = WITH_SIGNS ? p.abs() : p;
                        FloatVector sum = norm.fma(ownNorm, size);
                        FloatVector square =
                                norm.fma(ownNorm, size.neg())
                                        .reinterpretAsInts()
                                        .max(NO_BITS)
                                        .reinterpretAsFloats()
                                        .div(sum)
                                        .reinterpretAsInts()
                                        .lanewise(VectorOperators.UMIN, ONE_BITS)
                                        .reinterpretAsFloats();
                        FloatVector tangent = square.sqrt().mul(BY_PI);
                        FloatVector signed = tangent;
                        if (WITH_SIGNS) {
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
                        before.mul(slope).intoMemorySegment(MEMORY, ntk + (toTarget + i), ORDER);
                        tangent.fma(sum, p.mul(slope))
                                .intoMemorySegment(MEMORY, a + (toTarget + i), ORDER);
                    } else {
                        FloatVector ownInverse =
                                LANE_BY_LANE
                                        ? FloatVector.fromMemorySegment(
                                                        SPECIES,
                                                        MEMORY,
                                                        ownInverses + at + i,
                                                        ORDER)
                                                .mul(scale)
                                        : FloatVector.broadcast(
                                                SPECIES,
                                                scale * ownFactors[ownInverse0 + entry + cell]);
                        FloatVector correlation =
                                FloatVector.fromMemorySegment(
                                                SPECIES, MEMORY, inverses + at + i, ORDER)
                                        .mul(ownInverse.mul(q.add(shift)));
                        FloatVector v =
                                ONE.sub(WITH_SIGNS ? correlation.abs() : correlation)
                                        .reinterpretAsInts()
                                        .max(NO_BITS)
                                        .reinterpretAsFloats();
                        if (WITH_SIGNS) {
                            base =
                                    obtuse.blend(
                                            acute, correlation.compare(VectorOperators.GE, ZERO));
                        }
                        FloatVector g = v.fma(G5, G4);
                        g = v.fma(g, G3);
                        g = v.fma(g, G2);
                        g = v.fma(g, G1);
                        g = v.fma(g, G0);
                        norm.mul(ownNorm)
                                .mul(v.sqrt().mul(v).fma(g, correlation.mul(base)))
                                .intoMemorySegment(MEMORY, a + (toTarget + i), ORDER);
                    }
                }
            }
        }
    }

    private static FloatVector broadcast(double value) {
        return FloatVector.broadcast(SPECIES, (float) value);
    }
}
