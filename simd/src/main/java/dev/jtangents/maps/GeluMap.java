package dev.jtangents.maps;

/**
 * φ(x) = x Φ(x), with Φ the standard normal distribution function (Tsuchida et al. 2021,
 * arXiv:2002.08517). With p = q11 q22, p1 = (1 + q11)(1 + q22), δ² = p1 - q12², α = atan2(q12, δ):
 *
 * <pre>
 * E[φφ]   = ((q12² + p δ²) / (p1 δ) + q12 α) / 2π + q12 / 4
 * E[φ'φ'] = q12 / (2π δ) (1/δ² + 1/(1 + q11) + 1/(1 + q22)) + 1/4 + α / 2π
 * </pre>
 */
public record GeluMap() implements BivariateMap {
    private static double delta(double q12, double q11, double q22) {
        return Correlation.root(1 + q11 + q22, q12, q11, q22);
    }

    @Override
    public double nngp(double q12, double q11, double q22) {
        double delta = delta(q12, q11, q22);
        double shrink = (q11 / (1 + q11)) * (q22 / (1 + q22));
        double square = q12 / (1 + q11) * (q12 / (1 + q22)) / delta;
        double angle = Math.atan2(q12, delta);
        return (square + shrink * delta + q12 * angle) / (2 * Math.PI) + q12 / 4;
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double delta = delta(q12, q11, q22);
        double bracket = 1 / delta / delta + 1 / (1 + q11) + 1 / (1 + q22);
        double angle = Math.atan2(q12, delta);
        return q12 / (2 * Math.PI * delta) * bracket + 0.25 + angle / (2 * Math.PI);
    }

    @Override
    public double variance(double q) {
        double root = Math.sqrt(1 + 2 * q);
        double bracket = q / ((q + 1) * root) + Math.atan2(q, root) / 2;
        return q * (bracket / Math.PI + 0.25);
    }

    @Override
    public double varianceDerivative(double q) {
        return derivative(q, q, q);
    }
}
