package dev.jtangents.simd;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The vectors of this process: the widest of the machine, or those that a test forces. */
final class Species {
    private static final VectorShape SHAPE = shape();

    static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
    static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SHAPE);

    private Species() {}

    /** At most 512 bits, whatever the machine has: runs are padded for that. */
    private static VectorShape shape() {
        int bits = VectorSupport.forcedBits();
        if (bits == 0) {
            bits = Math.min(VectorShape.preferredShape().vectorBitSize(), 512);
        }
        return VectorShape.forBitSize(bits);
    }
}
