package dev.jtangents.simd;

import dev.jtangents.maps.GeluMap;

/**
 * What the vector loops of {@link GeluMap} share. With e = 1 / (1 + q) of each variance, the
 * factors are f = sqrt(e), e and h = q f. Then s = q12 f1 f2 is the sine of α, r = sqrt(m) with m =
 * 1 - s² its cosine, δ = r / (f1 f2), and
 *
 * <pre>
 * E[φφ]   = (s² f1 f2 / r + h1 h2 r + q12 β) / 2π
 * E[φ'φ'] = ((s / r) (e1 e2 / m + e1 + e2) + β) / 2π
 * </pre>
 *
 * <p>For any covariance of these variances m is at least e1 + e2 - e1 e2, which bounds it from
 * below where s itself has lost its digits. An error of r then hardly matters: in E[φφ] the terms
 * with h1 h2 and with β, which is made of r, change by the same and opposite amounts.
 */
abstract class GeluLoop implements MapLoop {
    @Override
    public int factors() {
        return 3;
    }

    @Override
    public void prepare(double variance, double[] factors) {
        factors[1] = 1 / (1 + variance);
        factors[0] = Math.sqrt(factors[1]);
        factors[2] = variance * factors[0];
    }
}
