package dev.jtangents.simd;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** atan(x) = x a(x²) for |x| at most 1, in f64. */
final class DoubleArcTangent {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;

    private static final double[] A = ChebyshevFit.coefficients(ArcSeries::a, 20, 1);
    private static final DoubleVector A0 = DoubleVector.broadcast(SPECIES, A[0]);
    private static final DoubleVector A1 = DoubleVector.broadcast(SPECIES, A[1]);
    private static final DoubleVector A2 = DoubleVector.broadcast(SPECIES, A[2]);
    private static final DoubleVector A3 = DoubleVector.broadcast(SPECIES, A[3]);
    private static final DoubleVector A4 = DoubleVector.broadcast(SPECIES, A[4]);
    private static final DoubleVector A5 = DoubleVector.broadcast(SPECIES, A[5]);
    private static final DoubleVector A6 = DoubleVector.broadcast(SPECIES, A[6]);
    private static final DoubleVector A7 = DoubleVector.broadcast(SPECIES, A[7]);
    private static final DoubleVector A8 = DoubleVector.broadcast(SPECIES, A[8]);
    private static final DoubleVector A9 = DoubleVector.broadcast(SPECIES, A[9]);
    private static final DoubleVector A10 = DoubleVector.broadcast(SPECIES, A[10]);
    private static final DoubleVector A11 = DoubleVector.broadcast(SPECIES, A[11]);
    private static final DoubleVector A12 = DoubleVector.broadcast(SPECIES, A[12]);
    private static final DoubleVector A13 = DoubleVector.broadcast(SPECIES, A[13]);
    private static final DoubleVector A14 = DoubleVector.broadcast(SPECIES, A[14]);
    private static final DoubleVector A15 = DoubleVector.broadcast(SPECIES, A[15]);
    private static final DoubleVector A16 = DoubleVector.broadcast(SPECIES, A[16]);
    private static final DoubleVector A17 = DoubleVector.broadcast(SPECIES, A[17]);
    private static final DoubleVector A18 = DoubleVector.broadcast(SPECIES, A[18]);
    private static final DoubleVector A19 = DoubleVector.broadcast(SPECIES, A[19]);
    private static final DoubleVector A20 = DoubleVector.broadcast(SPECIES, A[20]);

    private DoubleArcTangent() {}

    static DoubleVector a(DoubleVector s) {
        DoubleVector sum = s.fma(A20, A19);
        sum = sum.fma(s, A18);
        sum = sum.fma(s, A17);
        sum = sum.fma(s, A16);
        sum = sum.fma(s, A15);
        sum = sum.fma(s, A14);
        sum = sum.fma(s, A13);
        sum = sum.fma(s, A12);
        sum = sum.fma(s, A11);
        sum = sum.fma(s, A10);
        sum = sum.fma(s, A9);
        sum = sum.fma(s, A8);
        sum = sum.fma(s, A7);
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
