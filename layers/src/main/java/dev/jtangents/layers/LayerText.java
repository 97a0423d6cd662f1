package dev.jtangents.layers;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A layer as the model language writes it: its name and its arguments, or a combinator with the
 * layers in it.
 */
sealed interface LayerText {
    /**
     * A layer. Values are numbers, strings, booleans, null, or lists and maps of values; anything
     * else is code that no model file can hold.
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

        /** This layer with one more argument, unless it has the value that it has by default. */
        Leaf with(String argument, @Nullable Object value, @Nullable Object byDefault) {
            if (Objects.equals(value, byDefault)) {
                return this;
            }
            SequencedMap<String, @Nullable Object> more = new LinkedHashMap<>(arguments);
            more.put(argument, value);
            return new Leaf(name, more);
        }
    }

    /** Layers one after another. */
    record Sequence(List<LayerText> layers) implements LayerText {}

    /** Layers side by side. */
    record Branches(List<LayerText> layers) implements LayerText {}

    /** One layer n times. */
    record Repetition(LayerText layer, int n) implements LayerText {}

    /** The layers that are not made of others, each once however often it is repeated. */
    default Stream<Leaf> leaves() {
        return switch (this) {
            case Leaf leaf -> Stream.of(leaf);
            case Sequence(List<LayerText> layers) -> layers.stream().flatMap(LayerText::leaves);
            case Branches(List<LayerText> layers) -> layers.stream().flatMap(LayerText::leaves);
            case Repetition repetition -> repetition.layer().leaves();
        };
    }

    /** The layer on one line, for people. */
    default String summary() {
        return switch (this) {
            case Leaf leaf ->
                    leaf.name()
                            + leaf.arguments().entrySet().stream()
                                    .map(argument -> argument.getKey() + "=" + argument.getValue())
                                    .collect(Collectors.joining(", ", "(", ")"));
            case Sequence(List<LayerText> layers) -> "serial(" + summary(layers) + ")";
            case Branches(List<LayerText> layers) -> "parallel(" + summary(layers) + ")";
            case Repetition repetition ->
                    "repeat(" + repetition.layer().summary() + ", n=" + repetition.n() + ")";
        };
    }

    private static String summary(List<LayerText> layers) {
        return layers.stream().map(LayerText::summary).collect(Collectors.joining(", "));
    }

    /** The value as JSON-like maps, lists and scalars. */
    default Object toTree() {
        return switch (this) {
            case Leaf leaf ->
                    leaf.arguments().isEmpty()
                            ? leaf.name()
                            : Map.of(leaf.name(), leaf.arguments());
            case Sequence(List<LayerText> layers) ->
                    Map.of("serial", layers.stream().map(LayerText::toTree).toList());
            case Branches(List<LayerText> layers) ->
                    Map.of("parallel", layers.stream().map(LayerText::toTree).toList());
            case Repetition repetition -> {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("layer", repetition.layer().toTree());
                body.put("n", repetition.n());
                yield Map.of("repeat", body);
            }
        };
    }
}
