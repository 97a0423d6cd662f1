package dev.jtangents.maps;

/** The correlation of two Gaussians and its sine, kept inside their range under rounding. */
final class Correlation {
    private Correlation() {}

    /** q12 / sqrt(q11 q22), clamped to [-1, 1]; 0 where a variance is 0. */
    static double of(double q12, double q11, double q22) {
        if (q11 == 0 || q22 == 0) {
            return 0;
        }
        return Math.clamp(q12 / Math.sqrt(q11) / Math.sqrt(q22), -1, 1);
    }

    /** sqrt(1 - c²), without cancellation near |c| = 1. */
    static double sine(double c) {
        return Math.sqrt((1 - c) * (1 + c));
    }

    /** The determinant q11 q22 - q12² of the covariance, at least 0. */
    static double determinant(double q12, double q11, double q22) {
        return Math.max(0, q11 * q22 - q12 * q12);
    }

    /** sqrt(sum + q11 q22 - q12²), also where the square leaves the range. */
    static double root(double sum, double q12, double q11, double q22) {
        double square = sum + determinant(q12, q11, q22);
        return square <= Double.MAX_VALUE
                ? Math.sqrt(square)
                : Math.hypot(
                        Math.sqrt(sum), Math.sqrt(q11) * Math.sqrt(q22) * sine(of(q12, q11, q22)));
    }
}
