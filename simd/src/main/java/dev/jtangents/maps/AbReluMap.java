package dev.jtangents.maps;

/**
 * φ(x) = a min(x, 0) + b max(x, 0). With c = cos θ the correlation of u and v and κ0 = π - θ, κ1 =
 * sin θ + (π - θ) cos θ (Cho and Saul 2009, equations 3 to 6):
 *
 * <pre>
 * E[φφ]   = sqrt(q11 q22) ((a - b)² / 2 κ1 / π + a b c)
 * E[φ'φ'] = (a - b)² / 2 κ0 / π + a b
 * </pre>
 *
 * No product of two variances is formed, so that deep or badly scaled networks stay finite. A
 * variance of 0 counts as θ = π/2.
 *
 * @param a the slope below 0
 * @param b the slope above 0
 */
public record AbReluMap(double a, double b) implements BivariateMap {
    /** The factor of κ0 / π and κ1 / π. */
    public double arcFactor() {
        return (a - b) * (a - b) / 2;
    }

    /** The factor of the correlation itself. */
    public double linearFactor() {
        return a * b;
    }

    /** Whether φ is nowhere below 0, or nowhere above: then no covariance of it is negative. */
    public boolean hasOneSign() {
        return Math.signum(a) * Math.signum(b) <= 0;
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        double c = Correlation.of(q12, q11, q22);
        double sine = Correlation.sine(q12, q11, q22);
        double kappa1 = sine + (Math.PI - Math.atan2(sine, c)) * c;
        return Math.sqrt(q11)
                * Math.sqrt(q22)
                * (arcFactor() * kappa1 / Math.PI + linearFactor() * c);
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double kappa0 = Math.PI - Correlation.angle(q12, q11, q22);
        return arcFactor() * kappa0 / Math.PI + linearFactor();
    }

    @Override
    public double variance(double q) {
        return (a * a + b * b) / 2 * q;
    }

    @Override
    public double varianceDerivative(double q) {
        return q == 0 ? derivative(0, 0, 0) : (a * a + b * b) / 2;
    }
}
