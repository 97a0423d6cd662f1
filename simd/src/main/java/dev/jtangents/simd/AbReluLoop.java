package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;

/** What the vector loops of {@link AbReluMap} share: the factors s = sqrt(q) and 1 / s. */
abstract class AbReluLoop implements MapLoop {
    /** Below, 1 / s or a product of two leaves the range of the dtype; such a q counts as 0. */
    private final double smallest;

    final AbReluMap map;

    AbReluLoop(AbReluMap map, DType dtype) {
        this.map = map;
        this.smallest = dtype == DType.F32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    }

    @Override
    public int factors() {
        return 2;
    }

    @Override
    public void prepare(double variance, double[] factors) {
        factors[0] = Math.sqrt(variance);
        factors[1] = variance < smallest ? 0 : 1 / factors[0];
    }
}
