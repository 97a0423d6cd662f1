package dev.jtangents.simd;

import dev.jtangents.maps.AngularMap;
import dev.jtangents.tensor.DType;

/** What the vector loops of {@link AngularMap} share: the factors sqrt(gain q) and 1 / sqrt(q). */
abstract class AngularLoop implements MapLoop {
    /** Below, 1 / sqrt(q) or a product of two leaves the range of the dtype; it counts as 0. */
    private final double smallest;

    private final double gain;

    AngularLoop(AngularMap map, DType dtype) {
        smallest = dtype == DType.F32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        gain = map.gain();
    }

    @Override
    public int factors() {
        return 2;
    }

    @Override
    public void prepare(double variance, double[] factors) {
        factors[0] = Math.sqrt(gain) * Math.sqrt(variance);
        factors[1] = variance < smallest ? 0 : 1 / Math.sqrt(variance);
    }
}
