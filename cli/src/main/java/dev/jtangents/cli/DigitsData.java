package dev.jtangents.cli;

import dev.jtangents.io.Npy;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Objects;

/** Images with labels: the first thousand to train on, the rest to test. */
final class DigitsData implements AutoCloseable {
    static final int TRAINING = 1000;

    private static final String IMAGES = "digits-images.npy";
    private static final String LABELS = "digits-labels.npy";

    private final Tensor images;
    private final int[] labels;
    private final int classes;

    private DigitsData(Tensor images, int[] labels) {
        this.images = images;
        this.labels = labels;
        this.classes = Arrays.stream(labels).max().orElseThrow() + 1;
    }

    /** The data of a folder, or without one the handwritten digits that come with the program. */
    static DigitsData read(@Nullable Path folder) {
        try (Tensor images = folder == null ? bundled(IMAGES) : Npy.read(folder.resolve(IMAGES));
                Tensor labels =
                        folder == null ? bundled(LABELS) : Npy.read(folder.resolve(LABELS))) {
            return of(images, labels);
        }
    }

    private static DigitsData of(Tensor images, Tensor labels) {
        Shape shape = images.shape();
        if (shape.rank() < 3 || shape.rank() > 4 || shape.extent(0) <= TRAINING) {
            throw new InputException(
                    IMAGES
                            + " has shape "
                            + shape
                            + "; expected (N, height, width) or (N, height, width, channels) with N"
                            + " above "
                            + TRAINING
                            + ".");
        }
        if (!labels.shape().equals(Shape.of(shape.extent(0)))) {
            throw new InputException(
                    LABELS
                            + " has shape "
                            + labels.shape()
                            + "; expected one label per image, ("
                            + shape.extent(0)
                            + ",).");
        }
        double[] given = labels.toArray();
        int[] classes = new int[given.length];
        for (int i = 0; i < given.length; i++) {
            if (given[i] != Math.rint(given[i]) || given[i] < 0 || given[i] >= 1000) {
                throw new InputException(
                        LABELS + " has the label " + given[i] + "; expected whole numbers from 0.");
            }
            classes[i] = (int) given[i];
        }
        return new DigitsData(scaled(images), classes);
    }

    /** A copy whose largest value is 1. */
    private static Tensor scaled(Tensor images) {
        double[] values = images.toArray();
        double largest = Arrays.stream(values).max().orElse(1);
        for (int i = 0; i < values.length; i++) {
            values[i] /= largest;
        }
        return Tensor.of(values, images.shape().extents());
    }

    private static Tensor bundled(String name) {
        try (InputStream stream =
                Objects.requireNonNull(DigitsData.class.getResourceAsStream("digits/" + name))) {
            // Array files are read from disk; integers are converted, so the file can go at once.
            Path file = Files.createTempFile("jtangents-", ".npy");
            try {
                Files.copy(stream, file, StandardCopyOption.REPLACE_EXISTING);
                return Npy.read(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "The digits cannot be unpacked: " + failure.getMessage(), failure);
        }
    }

    /** How many classes there are. */
    int classes() {
        return classes;
    }

    /** How many images there are to test. */
    int testing() {
        return labels.length - TRAINING;
    }

    /** (1000, ...) in f64, from 0 to 1. */
    Tensor trainingImages() {
        return images.slice(0, 0, TRAINING);
    }

    /** The other images, alike. */
    Tensor testImages() {
        return images.slice(0, TRAINING, labels.length);
    }

    /** The class of a test image. */
    int testLabel(int i) {
        return labels[TRAINING + i];
    }

    /** One row per training image: 1 at its class and 0 elsewhere, minus the mean. */
    Tensor trainingTargets() {
        Tensor targets = Tensor.allocate(DType.F64, Shape.of(TRAINING, classes));
        for (int i = 0; i < TRAINING; i++) {
            for (int c = 0; c < classes; c++) {
                targets.set((c == labels[i] ? 1 : 0) - 1.0 / classes, i, c);
            }
        }
        return targets;
    }

    @Override
    public void close() {
        images.close();
    }
}
