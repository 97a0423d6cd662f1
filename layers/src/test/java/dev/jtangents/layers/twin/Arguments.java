package dev.jtangents.layers.twin;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** The arguments of a layer as its model text has them; one that is null or absent is default. */
record Arguments(Map<?, ?> values) {
    @Nullable Object value(String name) {
        return values.get(name);
    }

    boolean has(String name) {
        return value(name) != null;
    }

    double number(String name, double otherwise) {
        return value(name) instanceof Double number ? number : otherwise;
    }

    int integer(String name, int otherwise) {
        return (int) number(name, otherwise);
    }

    boolean truth(String name, boolean otherwise) {
        return value(name) instanceof Boolean truth ? truth : otherwise;
    }

    String text(String name, String otherwise) {
        return value(name) instanceof String text ? text : otherwise;
    }

    double[] numbers(String name, double... otherwise) {
        return value(name) instanceof List<?> list ? doubles(list) : otherwise;
    }

    int[] integers(String name, int... otherwise) {
        return switch (value(name)) {
            case List<?> list -> integers(list);
            case Double number -> new int[] {number.intValue()};
            case null, default -> otherwise;
        };
    }

    static double[] doubles(List<?> list) {
        return list.stream().mapToDouble(Arguments::asDouble).toArray();
    }

    static int[] integers(List<?> list) {
        return list.stream().mapToInt(element -> (int) asDouble(element)).toArray();
    }

    /** A number, or the text that stands for NaN or an infinity. */
    static double asDouble(@Nullable Object element) {
        return switch (element) {
            case Double number -> number;
            case null, default ->
                    switch (String.valueOf(element)) {
                        case "nan" -> Double.NaN;
                        case "inf" -> Double.POSITIVE_INFINITY;
                        case "-inf" -> Double.NEGATIVE_INFINITY;
                        case String text -> Double.parseDouble(text);
                    };
        };
    }
}
