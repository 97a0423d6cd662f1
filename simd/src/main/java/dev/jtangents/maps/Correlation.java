package dev.jtangents.maps;

/**
 * What the formulas need of two Gaussians u and v, without cancellation, and inside its range
 * whatever the rounding of the covariance.
 */
final class Correlation {
    /** Between these, a product of two variances is exact up to a rounding relative to it. */
    private static final double SMALLEST = 1e-280;

    private static final double LARGEST = 1e300;

    private Correlation() {}

    /** q12 / sqrt(q11 q22), clamped to [-1, 1]; 0 where a variance is 0. */
    static double of(double q12, double q11, double q22) {
        if (q11 == 0 || q22 == 0) {
            return 0;
        }
        return Math.clamp(q12 / Math.sqrt(q11) / Math.sqrt(q22), -1, 1);
    }

    /**
     * sqrt(1 - c²) of the correlation c. Equal u and v give 0 itself, as the correlation, which is
     * rounded, does not.
     */
    static double sine(double q12, double q11, double q22) {
        double product = q11 * q22;
        if (product >= SMALLEST && product <= LARGEST) {
            return Math.sqrt(Math.min(1, determinant(q12, q11, q22) / product));
        }
        double c = of(q12, q11, q22);
        return Math.sqrt((1 - c) * (1 + c));
    }

    /** The angle in [0, π] whose cosine is the correlation; π/2 where a variance is 0. */
    static double angle(double q12, double q11, double q22) {
        return Math.atan2(sine(q12, q11, q22), of(q12, q11, q22));
    }

    /**
     * The determinant q11 q22 - q12² of the covariance, at least 0: Kahan's difference of products,
     * exact to 1.5 units in the last place (Jeannerod, Louvet and Muller 2013).
     */
    private static double determinant(double q12, double q11, double q22) {
        double square = q12 * q12;
        double rounding = Math.fma(-q12, q12, square);
        double difference = Math.fma(q11, q22, -square) + rounding;
        return difference > 0 ? difference : 0;
    }

    /** sqrt((1 + q11)(1 + q22) - q12²), also where the square overflows. */
    static double root(double q12, double q11, double q22) {
        if (q11 * q22 <= LARGEST) {
            return Math.sqrt(1 + q11 + q22 + determinant(q12, q11, q22));
        }
        double root = Math.sqrt(q11) * Math.sqrt(q22) * sine(q12, q11, q22);
        return Math.hypot(root, Math.hypot(Math.sqrt(q11), Math.sqrt(q22)));
    }

    /**
     * The variance (q11 + q22 + 2 q12) / 4 of (u + v) / 2, at least that of opposite u and v; of (u
     * - v) / 2 where q12 is negated.
     */
    static double meanVariance(double q12, double q11, double q22) {
        double opposite = (Math.sqrt(q11) - Math.sqrt(q22)) / 2;
        return Math.max(opposite * opposite, (q11 / 4 + q12 / 4) + (q22 / 4 + q12 / 4));
    }
}
