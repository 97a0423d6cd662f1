package dev.jtangents.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The coefficients of {@link ArcSeries} as vectors of f32, for loops that keep them in registers.
 */
final class FloatArcTerms {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;

    /** Those of -h. */
    private static final double[] H = ChebyshevFit.coefficients(v -> -ArcSeries.h(v), 6, 1);

    static final FloatVector H0 = FloatVector.broadcast(SPECIES, (float) H[0]);
    static final FloatVector H1 = FloatVector.broadcast(SPECIES, (float) H[1]);
    static final FloatVector H2 = FloatVector.broadcast(SPECIES, (float) H[2]);
    static final FloatVector H3 = FloatVector.broadcast(SPECIES, (float) H[3]);
    static final FloatVector H4 = FloatVector.broadcast(SPECIES, (float) H[4]);
    static final FloatVector H5 = FloatVector.broadcast(SPECIES, (float) H[5]);
    static final FloatVector H6 = FloatVector.broadcast(SPECIES, (float) H[6]);

    private static final double[] G = ChebyshevFit.coefficients(ArcSeries::g, 5, 1);
    static final FloatVector G0 = FloatVector.broadcast(SPECIES, (float) G[0]);
    static final FloatVector G1 = FloatVector.broadcast(SPECIES, (float) G[1]);
    static final FloatVector G2 = FloatVector.broadcast(SPECIES, (float) G[2]);
    static final FloatVector G3 = FloatVector.broadcast(SPECIES, (float) G[3]);
    static final FloatVector G4 = FloatVector.broadcast(SPECIES, (float) G[4]);
    static final FloatVector G5 = FloatVector.broadcast(SPECIES, (float) G[5]);

    private FloatArcTerms() {}
}
