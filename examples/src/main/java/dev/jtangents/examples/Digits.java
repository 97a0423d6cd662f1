package dev.jtangents.examples;

import dev.jtangents.io.Npy;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Some handwritten digits to train on and some to test, f64. Images are rows of 64 pixels from 0 to
 * 1; labels have 0.9 at the class of the digit and -0.1 elsewhere.
 *
 * @param xTrain (training, 64)
 * @param yTrain (training, 10)
 * @param xTest (testing, 64)
 * @param yTest (testing, 10)
 */
record Digits(Tensor xTrain, Tensor yTrain, Tensor xTest, Tensor yTest) implements AutoCloseable {
    static final int CLASSES = 10;

    private static final int PIXELS = 64;
    private static final double WHITE = 16;

    /** The first digits that come with the program, and as many more. */
    static Digits of(int training, int testing) {
        try (Tensor images = bundled("digits-images.npy");
                Tensor labels = bundled("digits-labels.npy")) {
            return new Digits(
                    pixels(images, 0, training),
                    targets(labels, 0, training),
                    pixels(images, training, testing),
                    targets(labels, training, testing));
        }
    }

    private static Tensor bundled(String name) {
        URL file = Objects.requireNonNull(Digits.class.getResource("digits/" + name));
        return Npy.read(Path.of(URI.create(file.toString())));
    }

    private static Tensor pixels(Tensor images, int from, int count) {
        Tensor rows = images.reshape(images.shape().extent(0), PIXELS);
        Tensor pixels = Tensor.allocate(DType.F64, Shape.of(count, PIXELS));
        for (int i = 0; i < count; i++) {
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                pixels.set(rows.get(from + i, pixel) / WHITE, i, pixel);
            }
        }
        return pixels;
    }

    private static Tensor targets(Tensor labels, int from, int count) {
        Tensor targets = Tensor.allocate(DType.F64, Shape.of(count, CLASSES));
        for (int i = 0; i < count; i++) {
            for (int c = 0; c < CLASSES; c++) {
                targets.set((labels.get(from + i) == c ? 1 : 0) - 1.0 / CLASSES, i, c);
            }
        }
        return targets;
    }

    /** The digit that a test image shows. */
    int testClass(int image) {
        int best = 0;
        for (int c = 1; c < CLASSES; c++) {
            best = yTest.get(image, c) > yTest.get(image, best) ? c : best;
        }
        return best;
    }

    @Override
    public void close() {
        xTrain.close();
        yTrain.close();
        xTest.close();
        yTest.close();
    }
}
