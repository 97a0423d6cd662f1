package dev.jtangents.layers;

import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/** How an image is read between its pixels. */
public enum ResizeMethod {
    /** The value of the nearest pixel. */
    NEAREST(0, x -> 1),
    /** Straight lines from pixel to pixel; hat functions. */
    LINEAR(1, x -> 1 - x),
    /** The cubic convolution of Keys 1981, with a = -1/2. */
    CUBIC(2, x -> x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2),
    /** Lanczos' windowed sinc function of radius 3. */
    LANCZOS3(3, x -> lanczos(x, 3)),
    /** Lanczos' windowed sinc function of radius 5. */
    LANCZOS5(5, x -> lanczos(x, 5));

    private final int radius;
    private final DoubleUnaryOperator weight;

    ResizeMethod(int radius, DoubleUnaryOperator weight) {
        this.radius = radius;
        this.weight = weight;
    }

    /** The weight of a pixel at a distance of at least 0. */
    double weight(double distance) {
        return distance >= radius ? 0 : weight.applyAsDouble(distance);
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static double lanczos(double x, int radius) {
        double angle = Math.PI * x;
        return x < 1e-6 ? 1 : radius * Math.sin(angle) * Math.sin(angle / radius) / (angle * angle);
    }
}
