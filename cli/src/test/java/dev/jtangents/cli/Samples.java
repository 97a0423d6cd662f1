package dev.jtangents.cli;

import dev.jtangents.io.Npy;
import dev.jtangents.io.Npz;
import dev.jtangents.tensor.Shape;
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

    /** Reads images. */
    static final String CONV =
            """
            {"Conv": {"out_chan": 8, "filter_shape": [3, 3], "padding": "SAME", "b_std": 0.1}}
            """;

    /** One output for each image, of all pairs of positions. */
    static final String POOLED =
            "{\"serial\": ["
                    + CONV
                    + ", \"Relu\", \"GlobalAvgPool\", {\"Dense\": {\"out_dim\": 1}}]}";

    /** One output for each image; at finite width only. */
    static final String MAX_POOLED =
            "{\"serial\": ["
                    + CONV
                    + ", {\"MaxPool\": {\"window_shape\": [2, 2]}}, \"Flatten\","
                    + " {\"Dense\": {\"out_dim\": 2}}]}";

    /** Reads nodes with graphs. */
    static final String GRAPH =
            """
            {"serial": ["Aggregate", {"Dense": {"out_dim": 8}}, "Relu", "GlobalSumPool",
                        {"Dense": {"out_dim": 1}}]}
            """;

    /** Reads images and texts, and answers about each. */
    static final String TWO_OUTPUTS =
            """
            {"parallel": [%s,
                          {"serial": [{"Conv": {"out_chan": 8, "filter_shape": [3],
                                                "padding": "SAME"}},
                                      "Relu", "GlobalAvgPool", {"Dense": {"out_dim": 1}}]}]}
            """
                    .formatted(POOLED);

    private Samples() {}

    static Tensor random(long seed, long... extents) {
        var random = new Random(seed);
        double[] values = new double[Math.toIntExact(Shape.of(extents).size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return Tensor.of(values, extents);
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
