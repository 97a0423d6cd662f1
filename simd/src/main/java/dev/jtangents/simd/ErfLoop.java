package dev.jtangents.simd;

import dev.jtangents.maps.ErfMap;

/**
 * What the vector loops of {@link ErfMap} share. With e = 1 / (1 + 2 b² q), the factors are f =
 * sqrt(2 e) b, whose product with q12 is the sine c of the map's angle, and e.
 *
 * <p>For any covariance of these variances 1 - c² is at least e1 + e2 - e1 e2, which bounds it from
 * below where c itself has lost its digits.
 */
abstract class ErfLoop implements MapLoop {
    final ErfMap map;

    ErfLoop(ErfMap map) {
        this.map = map;
    }

    @Override
    public int factors() {
        return 2;
    }

    @Override
    public void prepare(double variance, double[] factors) {
        factors[1] = 1 / (1 + 2 * map.b() * map.b() * variance);
        factors[0] = Math.sqrt(2 * factors[1]) * Math.abs(map.b());
    }
}
