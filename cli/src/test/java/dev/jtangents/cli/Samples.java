package dev.jtangents.cli;

import dev.jtangents.io.Npy;
import dev.jtangents.io.Npz;
import dev.jtangents.tensor.Tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Files for the program to read. */
final class Samples {
    static final String MODEL =
            """
            {"serial": [{"Dense": {"out_dim": 16, "W_std": 1.5, "b_std": 0.1}}, "Relu",
                        {"Dense": {"out_dim": 3, "W_std": 1.5, "b_std": 0.1}}]}
            """;

    private Samples() {}

    static Tensor random(long seed, int rows, int columns) {
        var random = new Random(seed);
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return Tensor.of(values, rows, columns);
    }

    static Path npy(Path file, Tensor tensor) {
        try (tensor) {
            Npy.write(file, tensor);
        }
        return file;
    }

    static Path npz(Path file, Map<String, Tensor> arrays) {
        Npz.write(file, new LinkedHashMap<>(arrays));
        arrays.values().forEach(Tensor::close);
        return file;
    }

    static Path text(Path file, String content) {
        try {
            return Files.writeString(file, content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static Path bytes(Path file, int... content) {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) content[i];
        }
        try {
            return Files.write(file, bytes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
