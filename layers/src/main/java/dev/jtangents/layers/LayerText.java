package dev.jtangents.layers;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A layer as the model language writes it: its name and its arguments, or a combinator with the
 * layers in it.
 */
sealed interface LayerText {
    /**
     * A layer. Values are numbers, strings, booleans, lists of numbers, or null; anything else is
     * code that no model file can hold.
     */
    record Leaf(String name, SequencedMap<String, @Nullable Object> arguments)
            implements LayerText {
        /** A layer with arguments given as name, value, name, value. */
        static Leaf of(String name, @Nullable Object... namesAndValues) {
            SequencedMap<String, @Nullable Object> arguments = new LinkedHashMap<>();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                arguments.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
            }
            return new Leaf(name, arguments);
        }
    }

    /** Layers one after another. */
    record Sequence(List<LayerText> layers) implements LayerText {}

    /** One layer n times. */
    record Repetition(LayerText layer, int n) implements LayerText {}

    /** The value as JSON-like maps, lists and scalars. */
    default Object toTree() {
        return switch (this) {
            case Leaf leaf ->
                    leaf.arguments().isEmpty()
                            ? leaf.name()
                            : Map.of(leaf.name(), leaf.arguments());
            case Sequence sequence ->
                    Map.of("serial", sequence.layers().stream().map(LayerText::toTree).toList());
            case Repetition repetition -> {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("layer", repetition.layer().toTree());
                body.put("n", repetition.n());
                yield Map.of("repeat", body);
            }
        };
    }
}
