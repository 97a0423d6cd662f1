package dev.jtangents.simd;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Objects;

/** {@link AbReluPlanes} in f64. */
final class DoubleAbReluPlanes implements AbReluPlanes {
    private static final Case CASE =
            Objects.requireNonNullElse(
                    Copies.which(MethodHandles.lookup(), Case.class),
                    new Case(true, true, true, false, true));
    private static final boolean WITH_NTK = CASE.withNtk();
    private static final boolean WITH_SIGNS = CASE.withSigns();
    private static final boolean LANE_BY_LANE = CASE.laneByLane();

    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final int VECTOR_BYTES = SPECIES.vectorByteSize();
    private static final int TURN_BYTES = 2 * VECTOR_BYTES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final MemorySegment MEMORY = Addresses.MEMORY;
    private static final DoubleVector BY_PI = DoubleVector.broadcast(SPECIES, 1 / Math.PI);
    private static final DoubleVector ONE = DoubleVector.broadcast(SPECIES, 1);
    private static final DoubleVector ZERO = DoubleVector.zero(SPECIES);
    private static final double[] A = DoubleAbReluLoop.A;
    private static final double[] G = DoubleAbReluLoop.G;

    /** The loops of a case. */
    static AbReluPlanes of(Case which) {
        return Copies.of(MethodHandles.lookup(), AbReluPlanes.class, which);
    }

    /** Two vectors a turn, which share the coefficients that are loaded for each. */
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
        run.starts(Double.BYTES, 2 * SPECIES.length());
        if (run.sums || !run.seesNtk) {
            throw new IllegalArgumentException("The sums of a window come first");
        }
        long memory = Addresses.ofTarget(run.nngp);
        long toNtk = run.ntk == null ? 0 : Addresses.ofTarget(run.ntk) - memory;
        DoubleVector scale = broadcast(step.scale());
        DoubleVector shift = broadcast(step.shift() / step.scale());
        DoubleVector arcScale = broadcast(arc * step.scale());
        DoubleVector arcShift = broadcast(arc * step.shift());
        DoubleVector ntkScale = broadcast(arc * step.ntkScale());
        DoubleVector ntkGain = broadcast(arc * step.ntkGain());
        DoubleVector ntkShift = broadcast(arc * step.ntkShift());
        DoubleVector obtuse = broadcast(line);
        DoubleVector acute = broadcast(line + 1);
        double[] ownFactors = own.doubles;
        int ownInverse0 = AbReluLoop.INVERSE * own.entries;
        long cellBytes = run.stride * Double.BYTES;
        int bytes = run.length * Double.BYTES;
        long target = memory + run.target * Double.BYTES;
        long same = memory + run.seen() * Double.BYTES;
        long rowBytes = run.rowLength * cellBytes;
        for (int row = 0; row < run.rowCount; row++) {
            int entry = run.entries[row];
            for (int lane = 0; lane < bytes; lane += TURN_BYTES) {
                long to = target + row * rowBytes + lane;
                long from = same + row * rowBytes + lane;
                long at = entry * run.stride * Double.BYTES + lane;
                for (int cell = 0; cell < run.rowLength; cell++) {
                    long i = cell * cellBytes;
                    DoubleVector ownNorm;
                    DoubleVector ownNorm2;
                    if (LANE_BY_LANE) {
                        ownNorm =
                                DoubleVector.fromMemorySegment(
                                        SPECIES, MEMORY, ownNorms + at + i, ORDER);
                        ownNorm2 =
                                DoubleVector.fromMemorySegment(
                                        SPECIES, MEMORY, ownNorms + at + i + VECTOR_BYTES, ORDER);
                    } else {
                        ownNorm = DoubleVector.broadcast(SPECIES, ownFactors[entry + cell]);
                        ownNorm2 = ownNorm;
                    }
                    DoubleVector norm =
                            DoubleVector.fromMemorySegment(SPECIES, MEMORY, norms + at + i, ORDER);
                    DoubleVector norm2 =
                            DoubleVector.fromMemorySegment(
                                    SPECIES, MEMORY, norms + at + i + VECTOR_BYTES, ORDER);
                    DoubleVector q =
                            DoubleVector.fromMemorySegment(SPECIES, MEMORY, from + i, ORDER);
                    DoubleVector q2 =
                            DoubleVector.fromMemorySegment(
                                    SPECIES, MEMORY, from + i + VECTOR_BYTES, ORDER);
                    DoubleVector base = acute;
                    DoubleVector base2 = acute;
                    if (WITH_NTK) {
                        DoubleVector p = q.fma(arcScale, arcShift);
                        DoubleVector p2 = q2.fma(arcScale, arcShift);
                        DoubleVector size = WITH_SIGNS ? p.abs() : p;
                        DoubleVector size2 = WITH_SIGNS ? p2.abs() : p2;
                        DoubleVector sum = norm.fma(ownNorm, size);
                        DoubleVector sum2 = norm2.fma(ownNorm2, size2);
                        DoubleVector ratio = norm.fma(ownNorm, size.neg()).abs().div(sum);
                        DoubleVector ratio2 = norm2.fma(ownNorm2, size2.neg()).abs().div(sum2);
                        DoubleVector square =
                                ONE.blend(ratio, ratio.compare(VectorOperators.EQ, ratio));
                        DoubleVector square2 =
                                ONE.blend(ratio2, ratio2.compare(VectorOperators.EQ, ratio2));
                        DoubleVector tangent = square.sqrt().mul(BY_PI);
                        DoubleVector tangent2 = square2.sqrt().mul(BY_PI);
                        DoubleVector signed = tangent;
                        DoubleVector signed2 = tangent2;
                        if (WITH_SIGNS) {
                            VectorMask<Double> isAcute = p.compare(VectorOperators.GE, ZERO);
                            base = obtuse.blend(acute, isAcute);
                            signed = tangent.neg().blend(tangent, isAcute);
                            VectorMask<Double> isAcute2 = p2.compare(VectorOperators.GE, ZERO);
                            base2 = obtuse.blend(acute, isAcute2);
                            signed2 = tangent2.neg().blend(tangent2, isAcute2);
                        }
                        DoubleVector angle = DoubleVector.broadcast(SPECIES, A[A.length - 1]);
                        DoubleVector angle2 = angle;
                        for (int k = A.length - 2; k >= 0; k--) {
                            DoubleVector term = DoubleVector.broadcast(SPECIES, A[k]);
                            angle = square.fma(angle, term);
                            angle2 = square2.fma(angle2, term);
                        }
                        DoubleVector slope = signed.fma(angle, base);
                        DoubleVector slope2 = signed2.fma(angle2, base2);
                        DoubleVector before =
                                DoubleVector.fromMemorySegment(
                                                SPECIES, MEMORY, from + toNtk + i, ORDER)
                                        .fma(ntkScale, q.fma(ntkGain, ntkShift));
                        DoubleVector before2 =
                                DoubleVector.fromMemorySegment(
                                                SPECIES,
                                                MEMORY,
                                                from + toNtk + i + VECTOR_BYTES,
                                                ORDER)
                                        .fma(ntkScale, q2.fma(ntkGain, ntkShift));
                        before.mul(slope).intoMemorySegment(MEMORY, to + toNtk + i, ORDER);
                        before2.mul(slope2)
                                .intoMemorySegment(MEMORY, to + toNtk + i + VECTOR_BYTES, ORDER);
                        tangent.fma(sum, p.mul(slope)).intoMemorySegment(MEMORY, to + i, ORDER);
                        tangent2.fma(sum2, p2.mul(slope2))
                                .intoMemorySegment(MEMORY, to + i + VECTOR_BYTES, ORDER);
                    } else {
                        DoubleVector ownInverse =
                                LANE_BY_LANE
                                        ? DoubleVector.fromMemorySegment(
                                                SPECIES, MEMORY, ownInverses + at + i, ORDER)
                                        : DoubleVector.broadcast(
                                                SPECIES, ownFactors[ownInverse0 + entry + cell]);
                        DoubleVector ownInverse2 =
                                LANE_BY_LANE
                                        ? DoubleVector.fromMemorySegment(
                                                SPECIES,
                                                MEMORY,
                                                ownInverses + at + i + VECTOR_BYTES,
                                                ORDER)
                                        : ownInverse;
                        DoubleVector c =
                                q.add(shift)
                                        .mul(ownInverse.mul(scale))
                                        .mul(
                                                DoubleVector.fromMemorySegment(
                                                        SPECIES, MEMORY, inverses + at + i, ORDER));
                        DoubleVector c2 =
                                q2.add(shift)
                                        .mul(ownInverse2.mul(scale))
                                        .mul(
                                                DoubleVector.fromMemorySegment(
                                                        SPECIES,
                                                        MEMORY,
                                                        inverses + at + i + VECTOR_BYTES,
                                                        ORDER));
                        DoubleVector v = ONE.sub(WITH_SIGNS ? c.abs() : c).abs();
                        DoubleVector v2 = ONE.sub(WITH_SIGNS ? c2.abs() : c2).abs();
                        if (WITH_SIGNS) {
                            base = obtuse.blend(acute, c.compare(VectorOperators.GE, ZERO));
                            base2 = obtuse.blend(acute, c2.compare(VectorOperators.GE, ZERO));
                        }
                        DoubleVector g = DoubleVector.broadcast(SPECIES, G[G.length - 1]);
                        DoubleVector g2 = g;
                        for (int k = G.length - 2; k >= 0; k--) {
                            DoubleVector term = DoubleVector.broadcast(SPECIES, G[k]);
                            g = v.fma(g, term);
                            g2 = v2.fma(g2, term);
                        }
                        norm.mul(ownNorm)
                                .mul(v.sqrt().mul(v).fma(g, c.mul(base)))
                                .intoMemorySegment(MEMORY, to + i, ORDER);
                        norm2.mul(ownNorm2)
                                .mul(v2.sqrt().mul(v2).fma(g2, c2.mul(base2)))
                                .intoMemorySegment(MEMORY, to + i + VECTOR_BYTES, ORDER);
                    }
                }
            }
        }
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
