package dev.jtangents.jmh;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.Random;

/**
 * Examples of ten classes, made up like handwritten digits: each class has four styles, and an
 * example lies between two styles of its class, with noise.
 *
 * @param x (N, features), f32
 * @param labels (N, 10): 0.9 for the class, else -0.1
 */
record ClusteredExamples(Tensor x, Tensor labels) implements AutoCloseable {
    private static final int CLASSES = 10;
    private static final int STYLES = 4;
    private static final double NOISE = 0.6;

    static ClusteredExamples of(long seed, long count, int features) {
        double[] styles = new Random(0).doubles((long) CLASSES * STYLES * features).toArray();
        Random random = new Random(seed);
        Tensor x = Tensor.allocate(DType.F32, Shape.of(count, features));
        Tensor labels = Tensor.allocate(DType.F64, Shape.of(count, CLASSES));
        for (long i = 0; i < count; i++) {
            int name = random.nextInt(CLASSES);
            int one = (name * STYLES + random.nextInt(STYLES)) * features;
            int other = (name * STYLES + random.nextInt(STYLES)) * features;
            double part = random.nextDouble();
            for (int j = 0; j < features; j++) {
                double between = part * styles[one + j] + (1 - part) * styles[other + j];
                x.set(between - 0.5 + NOISE * random.nextGaussian(), i, j);
            }
            for (int j = 0; j < CLASSES; j++) {
                labels.set(j == name ? 0.9 : -0.1, i, j);
            }
        }
        return new ClusteredExamples(x, labels);
    }

    @Override
    public void close() {
        x.close();
        labels.close();
    }
}
