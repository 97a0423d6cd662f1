package dev.jtangents.simd;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

import java.util.Locale;

/** The vectors of this process: the widest of the machine, or those that a test forces. */
final class Species {
    private static final VectorShape SHAPE = shape();

    static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
    static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SHAPE);

    private Species() {}

    private static VectorShape shape() {
        return switch (System.getProperty(VectorSupport.PROPERTY, "").toLowerCase(Locale.ROOT)) {
            case "128" -> VectorShape.S_128_BIT;
            case "256" -> VectorShape.S_256_BIT;
            case "512" -> VectorShape.S_512_BIT;
            default -> VectorShape.preferredShape();
        };
    }
}
