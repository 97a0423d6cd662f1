package dev.jtangents.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The coefficients of a, where atan(x) = x a(x²) for |x| at most 1, in f32. */
final class FloatArcTangent {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;

    private static final double[] A = ChebyshevFit.coefficients(ArcSeries::a, 8, 1);
    static final FloatVector A0 = FloatVector.broadcast(SPECIES, (float) A[0]);
    static final FloatVector A1 = FloatVector.broadcast(SPECIES, (float) A[1]);
    static final FloatVector A2 = FloatVector.broadcast(SPECIES, (float) A[2]);
    static final FloatVector A3 = FloatVector.broadcast(SPECIES, (float) A[3]);
    static final FloatVector A4 = FloatVector.broadcast(SPECIES, (float) A[4]);
    static final FloatVector A5 = FloatVector.broadcast(SPECIES, (float) A[5]);
    static final FloatVector A6 = FloatVector.broadcast(SPECIES, (float) A[6]);
    static final FloatVector A7 = FloatVector.broadcast(SPECIES, (float) A[7]);
    static final FloatVector A8 = FloatVector.broadcast(SPECIES, (float) A[8]);

    private FloatArcTangent() {}
}
