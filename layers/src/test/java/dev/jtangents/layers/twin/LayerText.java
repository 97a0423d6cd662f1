package dev.jtangents.layers.twin;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Layers written in the model language. */
final class LayerText {
    private LayerText() {}

    /** A layer with its arguments, a name before each value; null is the layer's default. */
    static String of(String name, @Nullable Object... arguments) {
        StringBuilder text = new StringBuilder("{\"" + name + "\": {");
        String separator = "";
        for (int k = 0; k < arguments.length; k += 2) {
            text.append(separator)
                    .append(value(arguments[k]))
                    .append(": ")
                    .append(value(arguments[k + 1]));
            separator = ", ";
        }
        return text.append("}}").toString();
    }

    static String serial(List<String> layers) {
        return "{\"serial\": " + layers + "}";
    }

    static String parallel(List<String> layers) {
        return "{\"parallel\": " + layers + "}";
    }

    static String repeat(String layer, int times) {
        return "{\"repeat\": {\"layer\": " + layer + ", \"n\": " + times + "}}";
    }

    private static String value(@Nullable Object value) {
        return switch (value) {
            case String text -> "\"" + text + "\"";
            case int[] integers -> Arrays.toString(integers);
            case double[] numbers -> Arrays.toString(numbers);
            case List<?> list ->
                    list.stream().map(LayerText::value).collect(Collectors.joining(", ", "[", "]"));
            case Array array ->
                    "{\"shape\": "
                            + Arrays.toString(array.shape())
                            + ", \"data\": "
                            + Arrays.toString(array.data())
                            + "}";
            case null, default -> String.valueOf(value);
        };
    }
}
