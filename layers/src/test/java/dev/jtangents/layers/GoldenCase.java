package dev.jtangents.layers;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One case of the reference's figures: a model, inputs, and what it answers or refuses. */
record GoldenCase(String group, Map<String, JsonValue> members) {
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

    private JsonValue member(String name) {
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

    /** An input, or null when the case has none. */
    @Nullable Tensor input(String name) {
        JsonValue value = members.get(name);
        return value == null || value.value() == null ? null : tensor(value);
    }

    /** A field of the expected kernel, or null. */
    @Nullable JsonValue expected(String field) {
        JsonValue value = member("expect").object("a kernel").get(field);
        return value == null || value.value() == null ? null : value;
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

    private static double number(JsonValue value) {
        return value.value() instanceof Double number
                ? number
                : Double.parseDouble(String.valueOf(value.value()));
    }

    /** The names of the layers and combinators of the model. */
    Set<String> layerNames() {
        Set<String> names = new TreeSet<>();
        collect(model(), names);
        return names;
    }

    private static void collect(JsonValue model, Set<String> names) {
        if (model.value() instanceof String name) {
            names.add(name);
            return;
        }
        Map.Entry<String, JsonValue> entry = model.object("a layer").firstEntry();
        names.add(entry.getKey());
        switch (entry.getKey()) {
            case "serial", "parallel" ->
                    entry.getValue().array("layers").forEach(part -> collect(part, names));
            case "repeat" ->
                    collect(
                            Objects.requireNonNull(entry.getValue().object("repeat").get("layer")),
                            names);
            default -> {}
        }
    }

    static Stream<GoldenCase> all(String... groups) {
        return Stream.of(groups).flatMap(group -> read(group).stream());
    }

    @Override
    public String toString() {
        return group + ": " + name();
    }
}
