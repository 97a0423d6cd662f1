package dev.jtangents.simd;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** The coefficients of a, where atan(x) = x a(x²) for |x| at most 1, in f64. */
final class DoubleArcTangent {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;

    private static final double[] A = ChebyshevFit.coefficients(ArcSeries::a, 20, 1);
    static final DoubleVector A0 = DoubleVector.broadcast(SPECIES, A[0]);
    static final DoubleVector A1 = DoubleVector.broadcast(SPECIES, A[1]);
    static final DoubleVector A2 = DoubleVector.broadcast(SPECIES, A[2]);
    static final DoubleVector A3 = DoubleVector.broadcast(SPECIES, A[3]);
    static final DoubleVector A4 = DoubleVector.broadcast(SPECIES, A[4]);
    static final DoubleVector A5 = DoubleVector.broadcast(SPECIES, A[5]);
    static final DoubleVector A6 = DoubleVector.broadcast(SPECIES, A[6]);
    static final DoubleVector A7 = DoubleVector.broadcast(SPECIES, A[7]);
    static final DoubleVector A8 = DoubleVector.broadcast(SPECIES, A[8]);
    static final DoubleVector A9 = DoubleVector.broadcast(SPECIES, A[9]);
    static final DoubleVector A10 = DoubleVector.broadcast(SPECIES, A[10]);
    static final DoubleVector A11 = DoubleVector.broadcast(SPECIES, A[11]);
    static final DoubleVector A12 = DoubleVector.broadcast(SPECIES, A[12]);
    static final DoubleVector A13 = DoubleVector.broadcast(SPECIES, A[13]);
    static final DoubleVector A14 = DoubleVector.broadcast(SPECIES, A[14]);
    static final DoubleVector A15 = DoubleVector.broadcast(SPECIES, A[15]);
    static final DoubleVector A16 = DoubleVector.broadcast(SPECIES, A[16]);
    static final DoubleVector A17 = DoubleVector.broadcast(SPECIES, A[17]);
    static final DoubleVector A18 = DoubleVector.broadcast(SPECIES, A[18]);
    static final DoubleVector A19 = DoubleVector.broadcast(SPECIES, A[19]);
    static final DoubleVector A20 = DoubleVector.broadcast(SPECIES, A[20]);

    private DoubleArcTangent() {}
}
