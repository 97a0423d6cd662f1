package dev.jtangents.simd;

/** The coefficients of a, where atan(x) = x a(x²) for |x| at most 1, in f64. */
final class DoubleArcTangent {
    static final double[] A = ChebyshevFit.coefficients(ArcSeries::a, 20, 1);

    private DoubleArcTangent() {}
}
