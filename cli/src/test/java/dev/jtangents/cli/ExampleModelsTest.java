package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.io.Npz;
import dev.jtangents.layers.Model;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every model among the examples, as users run it, on the inputs and beside the figures of {@code
 * reference/}, whose README.md says how the reference computed them.
 */
final class ExampleModelsTest {
    private static final Path MODELS = Path.of("..", "examples", "models");
    private static final Path REFERENCE =
            Path.of("src", "test", "resources", "dev", "jtangents", "cli", "reference");

    @TempDir private Path folder;

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(MODELS)) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .sorted()
                    .toList();
        }
    }

    private static Path model(String name) {
        return MODELS.resolve(name + ".json");
    }

    private static Path reference(String name) {
        return REFERENCE.resolve(name + ".npz");
    }

    private static List<String> inputs(String name) {
        return Npz.names(reference(name)).stream().filter(array -> array.startsWith("x1")).toList();
    }

    private static Outcome run(List<?> arguments) {
        Outcome outcome = Outcome.of(arguments.toArray());
        assertEquals(0, outcome.status(), outcome.err());
        assertEquals("", outcome.err());
        return outcome;
    }

    private static void assertSymmetric(Tensor kernel) {
        long[] extents = kernel.shape().extents();
        for (long entry = 0; entry < kernel.size(); entry++) {
            long[] index = new long[extents.length];
            long rest = entry;
            for (int axis = extents.length - 1; axis >= 0; axis--) {
                index[axis] = rest % extents[axis];
                rest /= extents[axis];
            }
            long[] mirrored = new long[index.length];
            for (int axis = 0; axis < index.length; axis++) {
                mirrored[axis] = index[axis ^ 1];
            }
            assertTrue(Double.isFinite(kernel.get(index)), () -> Arrays.toString(index));
            assertEquals(kernel.get(index), kernel.get(mirrored), 0, () -> Arrays.toString(index));
        }
    }

    /**
     * What is allowed, of the largest entry. The reference rounds where it pairs an example with
     * itself, to 1e-8 after twenty layers: README.md beside its figures has the exact value.
     */
    private static double tolerance(String name) {
        return name.startsWith("cnn-21") ? 2e-8 : 1e-9;
    }

    private static void assertNear(Tensor expected, Tensor actual, double tolerance) {
        assertEquals(expected.shape(), actual.shape());
        double largest = Arrays.stream(expected.toArray()).map(Math::abs).max().orElseThrow();
        double[] figures = actual.toArray();
        for (int i = 0; i < figures.length; i++) {
            assertEquals(expected.toArray()[i], figures[i], tolerance * largest);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsBackAsItIsWritten(String name) {
        var network = Model.read(model(name));
        assertEquals(network.toString(), Model.parse(name, Model.toJson(network)).toString());
    }

    @ParameterizedTest
    @MethodSource("names")
    void isDescribed(String name) {
        List<Object> arguments = new ArrayList<>(List.of("describe", "--model", model(name)));
        for (String input : inputs(name)) {
            try (Tensor x = Npz.read(reference(name), input)) {
                arguments.add("--input");
                arguments.add(
                        Arrays.stream(x.shape().extents())
                                .skip(1)
                                .mapToObj(Long::toString)
                                .collect(Collectors.joining("x")));
            }
        }
        String text = run(arguments).out();
        for (String line : List.of("network", "output", "stage 1", "per pair", "tiles", "memory")) {
            assertTrue(text.lines().anyMatch(found -> found.startsWith(line)), text);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void itsKernelIsThatOfTheReference(String name) {
        Path file = reference(name);
        Path out = folder.resolve("K.npz");
        List<Object> arguments =
                new ArrayList<>(List.of("kernel", "--model", model(name), "--out", out));
        inputs(name).forEach(input -> arguments.addAll(List.of("--x1", file + ":" + input)));
        List<String> arrays = Npz.names(file);
        if (arrays.contains("pattern1")) {
            arguments.addAll(List.of("--pattern1", file + ":pattern1"));
        }
        if (arrays.contains("mask_constant")) {
            try (Tensor constant = Npz.read(file, "mask_constant")) {
                arguments.addAll(List.of("--mask-constant", constant.get()));
            }
        }
        run(arguments);
        for (String field : List.of("nngp", "ntk")) {
            try (Tensor kernel = Npz.read(out, field)) {
                assertSymmetric(kernel);
                if (arrays.contains(field)) {
                    try (Tensor expected = Npz.read(file, field)) {
                        assertNear(expected, kernel, tolerance(name));
                    }
                }
            }
        }
    }
}
