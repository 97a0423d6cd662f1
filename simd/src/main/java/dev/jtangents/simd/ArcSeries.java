package dev.jtangents.simd;

/**
 * The smooth parts of the arc functions: what is left of them once the square root at |c| = 1 is
 * taken out. The vector loops evaluate polynomials through these, instead of an arc function.
 *
 * <p>With v = 1 - c in [0, 1], u = sqrt(v) and θ = acos(c): sin θ - θ cos θ = u³ g(v). With x in
 * [0, 1]: atan(x) = x a(x²).
 */
final class ArcSeries {
    private static final int TERMS = 18;

    private ArcSeries() {}

    /** g(v) = (sin θ - θ cos θ) / sqrt(v)³, as a series in θ, which does not cancel at v = 0. */
    static double g(double v) {
        if (v == 0) {
            return 2 * Math.sqrt(2) / 3;
        }
        double square = angle(v) * angle(v);
        double sum = 0;
        double power = 1;
        for (int k = 1; k <= TERMS; k++) {
            power *= square / (2 * k * (2 * k + 1));
            sum += (k % 2 == 1 ? power : -power) * 2 * k;
        }
        return sum * angle(v) / (v * Math.sqrt(v));
    }

    /** a(s) = atan(sqrt(s)) / sqrt(s). */
    static double a(double s) {
        return s == 0 ? 1 : Math.atan(Math.sqrt(s)) / Math.sqrt(s);
    }

    /** acos(1 - v), without the rounding of 1 - v. */
    private static double angle(double v) {
        return 2 * Math.asin(Math.sqrt(v / 2));
    }
}
