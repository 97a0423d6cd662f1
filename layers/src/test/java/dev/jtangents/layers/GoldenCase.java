package dev.jtangents.layers;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** One case of the reference's figures: a model, inputs, and what it answers or refuses. */
record GoldenCase(String group, Map<String, JsonValue> members) {
    /** The arrays of a case; closing frees them. */
    static final class Inputs implements AutoCloseable {
        private final List<Tensor> opened = new ArrayList<>();
        private final List<Tensor> x1;
        private final @Nullable List<Tensor> x2;
        private final KernelOptions options;

        private Inputs(GoldenCase golden) {
            JsonValue second = present(golden.members.get("x2"));
            x1 = arrays(golden.member("x1"));
            x2 = second == null ? null : arrays(second);
            JsonValue given = golden.members.get("options");
            options =
                    given == null
                            ? KernelOptions.defaults()
                            : options(given.object("the options of a kernel"));
        }

        private List<Tensor> arrays(JsonValue value) {
            List<Tensor> arrays = parts(value).stream().map(GoldenCase::tensor).toList();
            opened.addAll(arrays);
            return arrays;
        }

        private KernelOptions options(Map<String, JsonValue> given) {
            KernelOptions asked = KernelOptions.defaults();
            for (Map.Entry<String, JsonValue> option : given.entrySet()) {
                JsonValue value = option.getValue();
                asked =
                        switch (option.getKey()) {
                            case "mask_constant" -> asked.maskConstant(number(value));
                            case "diagonal_batch" -> asked.diagonalBatch(bool(value));
                            case "diagonal_spatial" -> asked.diagonalSpatial(bool(value));
                            case "pattern" -> {
                                List<Tensor> patterns = arrays(value);
                                yield asked.pattern(patterns.get(0), patterns.get(1));
                            }
                            default -> throw value.error("no option of a kernel");
                        };
            }
            return asked;
        }

        List<Tensor> x1() {
            return x1;
        }

        @Nullable List<Tensor> x2() {
            return x2;
        }

        KernelOptions options() {
            return options;
        }

        @Override
        public void close() {
            opened.forEach(Tensor::close);
        }
    }

    static List<GoldenCase> read(String group) {
        String name = "/golden/" + group + ".json";
        try (InputStream file = GoldenCase.class.getResourceAsStream(name)) {
            String text =
                    new String(
                            Objects.requireNonNull(file, name).readAllBytes(),
                            StandardCharsets.UTF_8);
            return JsonValue.parse(name, text).array("cases").stream()
                    .map(value -> new GoldenCase(group, value.object("a case")))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A member, or null when the case does not have it. */
    @Nullable JsonValue optional(String name) {
        return present(members.get(name));
    }

    JsonValue member(String name) {
        return Objects.requireNonNull(members.get(name), name);
    }

    String name() {
        return String.valueOf(member("name").value());
    }

    JsonValue model() {
        return member("model");
    }

    /** The reference refuses the case. */
    boolean rejected() {
        return members.containsKey("rejects");
    }

    /** The inputs, which the caller closes. */
    Inputs inputs() {
        return new Inputs(this);
    }

    /** What is expected of each output. */
    List<JsonValue> expected() {
        return parts(member("expect"));
    }

    /** A field of an expected kernel, or null. */
    static @Nullable JsonValue field(JsonValue kernel, KernelField field) {
        return present(kernel.object("a kernel").get(field.label()));
    }

    private static @Nullable JsonValue present(@Nullable JsonValue value) {
        return value == null || value.value() == null ? null : value;
    }

    /** The elements of an array, or a value that stands alone. */
    private static List<JsonValue> parts(JsonValue value) {
        return value.value() instanceof List<?> ? value.array("values") : List.of(value);
    }

    /** An array of a case, in f64; the caller closes it. */
    static Tensor tensor(JsonValue value) {
        Map<String, JsonValue> array = value.object("an array");
        double[] data =
                Objects.requireNonNull(array.get("data")).array("numbers").stream()
                        .mapToDouble(GoldenCase::number)
                        .toArray();
        return Tensor.of(data, longs(Objects.requireNonNull(array.get("shape"))));
    }

    static long[] longs(JsonValue value) {
        return value.array("whole numbers").stream().mapToLong(e -> (long) number(e)).toArray();
    }

    static double number(JsonValue value) {
        return switch (value.value()) {
            case Double number -> number;
            case Boolean bool -> bool ? 1 : 0;
            case String text when text.equals("nan") -> Double.NaN;
            case null, default -> Double.parseDouble(String.valueOf(value.value()));
        };
    }

    private static boolean bool(JsonValue value) {
        return (boolean) Objects.requireNonNull(value.value());
    }

    /** Whether nothing is left of the activations of an output. */
    boolean isEmpty() {
        return expected().stream()
                .map(kernel -> Objects.requireNonNull(field(kernel, KernelField.SHAPE1)))
                .anyMatch(shape -> Arrays.stream(longs(shape)).anyMatch(extent -> extent == 0));
    }

    /** The names of the layers and combinators of the model. */
    Set<String> layerNames() {
        return GoldenModels.layerNames(model());
    }

    static Stream<GoldenCase> all(Iterable<String> groups) {
        List<GoldenCase> cases = new ArrayList<>();
        groups.forEach(group -> cases.addAll(read(group)));
        return cases.stream();
    }

    @Override
    public String toString() {
        return group + ": " + name();
    }
}
