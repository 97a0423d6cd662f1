package dev.jtangents.maps;

/**
 * φ(x) = x Φ(x), with Φ the standard normal distribution function (Tsuchida et al. 2021,
 * arXiv:2002.08517). With p = q11 q22, p1 = (1 + q11)(1 + q22), δ² = p1 - q12² and β = π/2 + α,
 * where α = atan2(q12, δ):
 *
 * <pre>
 * E[φφ]   = ((q12² + p δ²) / (p1 δ) + q12 β) / 2π
 * E[φ'φ'] = (q12 / δ (1/δ² + 1/(1 + q11) + 1/(1 + q22)) + β) / 2π
 * </pre>
 */
public record GeluMap() implements BivariateMap {
    @Override
    public double nngp(double q12, double q11, double q22) {
        double delta = Correlation.root(q12, q11, q22);
        double shrink = (q11 / (1 + q11)) * (q22 / (1 + q22));
        double square = q12 / (1 + q11) * (q12 / (1 + q22)) / delta;
        double beta = Math.atan2(delta, -q12);
        return (square + shrink * delta) / (2 * Math.PI) + q12 * (beta / (2 * Math.PI));
    }

    @Override
    public double derivative(double q12, double q11, double q22) {
        double delta = Correlation.root(q12, q11, q22);
        double bracket = 1 / delta / delta + 1 / (1 + q11) + 1 / (1 + q22);
        return (q12 / delta * bracket + Math.atan2(delta, -q12)) / (2 * Math.PI);
    }

    @Override
    public double variance(double q) {
        return nngp(q, q, q);
    }

    @Override
    public double varianceDerivative(double q) {
        return derivative(q, q, q);
    }
}
