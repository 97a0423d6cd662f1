package dev.jtangents.simd;

/** The coefficients of a, where atan(x) = x a(x²) for |x| at most 1, in f32. */
final class FloatArcTangent {
    static final float[] A = FloatLoops.rounded(ChebyshevFit.coefficients(ArcSeries::a, 8, 1));

    private FloatArcTangent() {}
}
