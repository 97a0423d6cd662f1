package dev.jtangents.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The coefficients of {@link ArcSeries} as vectors of f32, for loops that keep them in registers.
 */
final class FloatArcTerms {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;

    /** Those of -2 a. */
    private static final double[] A = ChebyshevFit.coefficients(s -> -2 * ArcSeries.a(s), 7, 1);

    static final FloatVector A0 = FloatVector.broadcast(SPECIES, (float) A[0]);
    static final FloatVector A1 = FloatVector.broadcast(SPECIES, (float) A[1]);
    static final FloatVector A2 = FloatVector.broadcast(SPECIES, (float) A[2]);
    static final FloatVector A3 = FloatVector.broadcast(SPECIES, (float) A[3]);
    static final FloatVector A4 = FloatVector.broadcast(SPECIES, (float) A[4]);
    static final FloatVector A5 = FloatVector.broadcast(SPECIES, (float) A[5]);
    static final FloatVector A6 = FloatVector.broadcast(SPECIES, (float) A[6]);
    static final FloatVector A7 = FloatVector.broadcast(SPECIES, (float) A[7]);

    /** Those of g / π. */
    private static final double[] G =
            ChebyshevFit.coefficients(v -> ArcSeries.g(v) / Math.PI, 5, 1);

    static final FloatVector G0 = FloatVector.broadcast(SPECIES, (float) G[0]);
    static final FloatVector G1 = FloatVector.broadcast(SPECIES, (float) G[1]);
    static final FloatVector G2 = FloatVector.broadcast(SPECIES, (float) G[2]);
    static final FloatVector G3 = FloatVector.broadcast(SPECIES, (float) G[3]);
    static final FloatVector G4 = FloatVector.broadcast(SPECIES, (float) G[4]);
    static final FloatVector G5 = FloatVector.broadcast(SPECIES, (float) G[5]);

    private FloatArcTerms() {}
}
