package dev.jtangents.layers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/** Looks into the models of cases, and changes them. */
final class GoldenModels {
    private GoldenModels() {}

    /** The names of the layers and combinators of a model. */
    static Set<String> layerNames(JsonValue model) {
        Set<String> names = new TreeSet<>();
        collect(model, names);
        return names;
    }

    /** Every text and every name of an object: more than the layers, but all of these. */
    private static void collect(JsonValue value, Set<String> names) {
        switch (value.value()) {
            case String text -> names.add(text);
            case List<?> ignored -> value.array("values").forEach(part -> collect(part, names));
            case Map<?, ?> ignored ->
                    value.object("members")
                            .forEach(
                                    (name, part) -> {
                                        names.add(name);
                                        collect(part, names);
                                    });
            case null, default -> {}
        }
    }

    /** A model whose ConvLocal and ImageResize read their two spatial axes in the other order. */
    static JsonValue reversed(JsonValue model) {
        return reversed("", model);
    }

    private static JsonValue reversed(String layer, JsonValue value) {
        if (value.value() instanceof List<?>) {
            List<JsonValue> parts =
                    value.array("values").stream().map(part -> reversed(layer, part)).toList();
            return new JsonValue(parts, value.place());
        }
        if (!(value.value() instanceof Map<?, ?>)) {
            return value;
        }
        SequencedMap<String, JsonValue> changed = new LinkedHashMap<>();
        value.object("members")
                .forEach(
                        (name, part) -> {
                            boolean spatial =
                                    layer.equals("ConvLocal")
                                                    && (name.equals("filter_shape")
                                                            || name.equals("strides"))
                                            || layer.equals("ImageResize") && name.equals("shape");
                            changed.put(name, spatial ? backwards(part) : reversed(name, part));
                        });
        return new JsonValue(changed, value.place());
    }

    /** Batch and channels of a shape are alike in these models. */
    private static JsonValue backwards(JsonValue value) {
        if (!(value.value() instanceof List<?>)) {
            return value;
        }
        List<JsonValue> parts = new ArrayList<>(value.array("sizes"));
        Collections.reverse(parts);
        return new JsonValue(parts, value.place());
    }
}
