package dev.jtangents.layers.twin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The twin itself against the reference's figures. */
class BruteForceGoldenTest {
    private static final String DEGENERATE =
            "degenerate inputs (same, opposite, orthogonal, zero, tiny, huge), ";

    /** Where the reference's figure is further from the truth than the tolerance. */
    private static final Map<String, Double> TOLERANCES =
            Map.of(
                    // (1 + 2 q)² − 4 q² cancels in the reference's figure for the huge input.
                    DEGENERATE + "Erf", 5e-5,
                    // The angle of collinear inputs is the square root of the rounding.
                    DEGENERATE + "Sign", 2e-8);

    /**
     * After an odd number of convolutions the reference holds the spatial axes in reverse, and its
     * ConvLocal (with all pairs of positions) and its ImageResize take no notice: they use the
     * extents of the other axis. The figures are right for the model with these exchanged.
     */
    private static final List<String> EXCHANGED =
            List.of("ConvLocal pool", "ConvLocal map", "ImageResize");

    /** One case of a group. */
    private record Case(String group, Arguments members) {
        private Object member(String name) {
            return Objects.requireNonNull(members.value(name), name);
        }

        private String name() {
            return (String) member("name");
        }

        private Object model() {
            Object model = member("model");
            return EXCHANGED.stream().anyMatch(name()::startsWith) ? exchanged(model) : model;
        }

        private static Object exchanged(Object json) {
            return switch (json) {
                case List<?> list ->
                        list.stream().map(part -> exchanged(Objects.requireNonNull(part))).toList();
                case Map<?, ?> layer when layer.containsKey("serial") ->
                        Map.of("serial", exchanged(Objects.requireNonNull(layer.get("serial"))));
                case Map<?, ?> layer when layer.containsKey("ConvLocal") ->
                        reversed("ConvLocal", layer, "filter_shape");
                case Map<?, ?> layer when layer.containsKey("ImageResize") ->
                        reversed("ImageResize", layer, "shape");
                default -> json;
            };
        }

        private static Object reversed(String name, Map<?, ?> layer, String argument) {
            Map<Object, @Nullable Object> arguments =
                    new HashMap<>((Map<?, ?>) Objects.requireNonNull(layer.get(name)));
            List<?> extents = (List<?>) Objects.requireNonNull(arguments.get(argument));
            arguments.put(argument, extents.reversed());
            return Map.of(name, arguments);
        }

        private Inputs inputs() {
            Arguments options =
                    members.has("options")
                            ? new Arguments((Map<?, ?>) member("options"))
                            : new Arguments(Map.of());
            return new Inputs(
                    arrays(members.value("x1")),
                    arrays(members.value("x2")),
                    options.has("mask_constant")
                            ? Double.valueOf(Arguments.asDouble(options.value("mask_constant")))
                            : null,
                    arrays(options.value("pattern")));
        }

        private static List<Array> arrays(@Nullable Object json) {
            return switch (json) {
                case null -> List.of();
                case List<?> list ->
                        list.stream()
                                .map(array -> Array.decode(Objects.requireNonNull(array)))
                                .toList();
                default -> List.of(Array.decode(json));
            };
        }

        private List<Arguments> expected() {
            List<Arguments> kernels = new ArrayList<>();
            Object expect = member("expect");
            for (Object kernel : expect instanceof List<?> list ? list : List.of(expect)) {
                kernels.add(new Arguments((Map<?, ?>) kernel));
            }
            return kernels;
        }

        @Override
        public String toString() {
            return group + ": " + name();
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                        "fully-connected",
                        "activations",
                        "convolutions",
                        "pooling",
                        "normalisation",
                        "branching",
                        "attention",
                        "shaping",
                        "graphs",
                        "masking")
                .flatMap(BruteForceGoldenTest::read)
                .filter(golden -> !golden.members().has("rejects"));
    }

    private static Stream<Case> read(String group) {
        String name = "/golden/" + group + ".json";
        try (InputStream file = BruteForceGoldenTest.class.getResourceAsStream(name)) {
            byte[] text = Objects.requireNonNull(file, name).readAllBytes();
            return ((List<?>) Json.parse(new String(text, StandardCharsets.UTF_8)))
                    .stream().map(json -> new Case(group, new Arguments((Map<?, ?>) json)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agrees(Case golden) {
        List<Arguments> expected = golden.expected();
        List<JointKernel> kernels = BruteForce.kernels(golden.model(), golden.inputs());
        assertEquals(expected.size(), kernels.size());
        for (int k = 0; k < kernels.size(); k++) {
            compare(expected.get(k), kernels.get(k), TOLERANCES.getOrDefault(golden.name(), 1e-9));
        }
    }

    private static void compare(Arguments expected, JointKernel kernel, double tolerance) {
        boolean spatial = expected.truth("diagonal_spatial", false);
        boolean batch = expected.truth("diagonal_batch", false);
        close(expected, "nngp", kernel.nngp(spatial), tolerance);
        close(expected, "ntk", kernel.ntk(spatial), tolerance);
        close(expected, "cov1", kernel.cov1(batch, spatial), tolerance);
        assertEquals(expected.has("cov2"), kernel.cov2(batch, spatial).isPresent());
        kernel.cov2(batch, spatial).ifPresent(figure -> close(expected, "cov2", figure, tolerance));
    }

    private static void close(Arguments expected, String name, Array found, double tolerance) {
        Array wanted = Array.decode(Objects.requireNonNull(expected.value(name)));
        if (name.equals("ntk") && wanted.rank() == 0) {
            // A network without parameters.
            assertEquals(0, wanted.data()[0]);
            assertEquals(0, DoubleStream.of(found.data()).map(Math::abs).max().orElse(0));
            return;
        }
        assertArrayEquals(wanted.shape(), found.shape(), name);
        double largest = DoubleStream.of(wanted.data()).map(Math::abs).max().orElse(0);
        for (int i = 0; i < wanted.data().length; i++) {
            assertEquals(wanted.data()[i], found.data()[i], tolerance * largest, name + i);
        }
    }
}
