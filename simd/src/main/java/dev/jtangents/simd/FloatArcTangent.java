package dev.jtangents.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** atan(x) = x a(x²) for |x| at most 1, in f32. */
final class FloatArcTangent {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;

    private static final double[] A = ChebyshevFit.coefficients(ArcSeries::a, 8, 1);
    private static final FloatVector A0 = FloatVector.broadcast(SPECIES, (float) A[0]);
    private static final FloatVector A1 = FloatVector.broadcast(SPECIES, (float) A[1]);
    private static final FloatVector A2 = FloatVector.broadcast(SPECIES, (float) A[2]);
    private static final FloatVector A3 = FloatVector.broadcast(SPECIES, (float) A[3]);
    private static final FloatVector A4 = FloatVector.broadcast(SPECIES, (float) A[4]);
    private static final FloatVector A5 = FloatVector.broadcast(SPECIES, (float) A[5]);
    private static final FloatVector A6 = FloatVector.broadcast(SPECIES, (float) A[6]);
    private static final FloatVector A7 = FloatVector.broadcast(SPECIES, (float) A[7]);
    private static final FloatVector A8 = FloatVector.broadcast(SPECIES, (float) A[8]);

    private FloatArcTangent() {}

    static FloatVector a(FloatVector s) {
        FloatVector sum = s.fma(A8, A7);
        sum = sum.fma(s, A6);
        sum = sum.fma(s, A5);
        sum = sum.fma(s, A4);
        sum = sum.fma(s, A3);
        sum = sum.fma(s, A2);
        sum = sum.fma(s, A1);
        sum = sum.fma(s, A0);
        return sum;
    }
}
