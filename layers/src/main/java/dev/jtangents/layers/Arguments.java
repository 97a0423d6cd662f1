package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The arguments of one layer in a model file, read with a check for each. */
final class Arguments {
    private final String layer;
    private final JsonValue origin;
    private final Map<String, JsonValue> values;

    /**
     * The arguments of a layer.
     *
     * @throws InputException when one has a name that the layer does not know
     */
    Arguments(LayerType type, JsonValue origin, Map<String, JsonValue> values) {
        this.layer = type.name();
        this.origin = origin;
        this.values = values;
        for (Map.Entry<String, JsonValue> given : values.entrySet()) {
            if (!type.arguments().contains(given.getKey())) {
                throw given.getValue()
                        .error(
                                layer
                                        + " has no argument \""
                                        + given.getKey()
                                        + "\""
                                        + Nearest.suggestion(given.getKey(), type.arguments()));
            }
        }
    }

    /** A number without the ".0" of a whole one. */
    static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private JsonValue required(String name) {
        JsonValue value = values.get(name);
        if (value == null) {
            throw origin.error(layer + " needs the argument \"" + name + "\".");
        }
        return value;
    }

    private InputException wrong(String name, JsonValue value, String expected) {
        return value.error(
                layer + " takes " + expected + " as \"" + name + "\", found " + value.kind() + ".");
    }

    private double number(String name, JsonValue value) {
        if (value.value() instanceof Double number && Double.isFinite(number)) {
            return number;
        }
        throw wrong(name, value, "a finite number");
    }

    private int integer(String name, JsonValue value) {
        if (value.value() instanceof Double number && number == number.intValue()) {
            return number.intValue();
        }
        throw wrong(name, value, "a whole number");
    }

    double finite(String name) {
        return number(name, required(name));
    }

    double finite(String name, double byDefault) {
        JsonValue value = values.get(name);
        return value == null ? byDefault : number(name, value);
    }

    double nonNegative(String name, double byDefault) {
        JsonValue value = values.get(name);
        if (value == null) {
            return byDefault;
        }
        if (number(name, value) < 0) {
            throw wrong(name, value, "a number of at least 0");
        }
        return number(name, value);
    }

    @Nullable Double optionalNonNegative(String name) {
        JsonValue value = values.get(name);
        return value == null || value.value() == null ? null : (Double) nonNegative(name, 0);
    }

    int integer(String name, int byDefault) {
        JsonValue value = values.get(name);
        return value == null ? byDefault : integer(name, value);
    }

    int integerBetween(String name, int byDefault, int least, int most) {
        return values.containsKey(name) ? integerBetween(name, least, most) : byDefault;
    }

    int integerBetween(String name, int least, int most) {
        JsonValue value = required(name);
        if (integer(name, value) < least || integer(name, value) > most) {
            throw wrong(name, value, "a whole number from " + least + " to " + most);
        }
        return integer(name, value);
    }

    int positiveInteger(String name) {
        JsonValue value = required(name);
        if (integer(name, value) < 1) {
            throw wrong(name, value, "a whole number of at least 1");
        }
        return integer(name, value);
    }

    int nonNegativeInteger(String name) {
        JsonValue value = required(name);
        if (integer(name, value) < 0) {
            throw wrong(name, value, "a whole number of at least 0");
        }
        return integer(name, value);
    }

    boolean bool(String name, boolean byDefault) {
        JsonValue value = values.get(name);
        if (value == null) {
            return byDefault;
        }
        if (value.value() instanceof Boolean bool) {
            return bool;
        }
        throw wrong(name, value, "true or false");
    }

    /** Two positive whole numbers. */
    List<Integer> integerPair(String name, int first, int second) {
        JsonValue value = values.get(name);
        if (value == null) {
            return List.of(first, second);
        }
        List<Integer> pair =
                value.array("two whole numbers for \"" + name + "\"").stream()
                        .map(element -> integer(name, element))
                        .toList();
        if (pair.size() != 2 || pair.stream().anyMatch(element -> element < 1)) {
            throw value.error(
                    layer
                            + " takes two whole numbers of at least 1 as \""
                            + name
                            + "\", found "
                            + pair
                            + ".");
        }
        return pair;
    }

    /** Numbers in an array, which may be empty. */
    double[] numbers(String name, int most) {
        JsonValue value = required(name);
        List<JsonValue> elements = value.array("an array of numbers for \"" + name + "\"");
        if (elements.size() > most) {
            throw value.error(
                    layer
                            + " takes at most "
                            + most
                            + " numbers as \""
                            + name
                            + "\", found "
                            + elements.size()
                            + ".");
        }
        return elements.stream().mapToDouble(element -> number(name, element)).toArray();
    }

    /** One of the names of an enum, in any case; an unknown one brings the nearest to mind. */
    <E extends Enum<E>> E choice(String name, Class<E> type) {
        JsonValue value = required(name);
        List<String> names = names(type);
        if (value.value() instanceof String text
                && !names.contains(text.toLowerCase(Locale.ROOT))) {
            throw value.error(
                    layer
                            + " knows no \""
                            + name
                            + "\" of the name \""
                            + text
                            + "\""
                            + Nearest.suggestion(text, names));
        }
        return choice(name, value, type);
    }

    /** One of the names of an enum, in any case. */
    <E extends Enum<E>> E choice(String name, Class<E> type, E byDefault) {
        JsonValue value = values.get(name);
        return value == null ? byDefault : choice(name, value, type);
    }

    private static List<String> names(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private <E extends Enum<E>> E choice(String name, JsonValue value, Class<E> type) {
        List<String> names = names(type);
        if (value.value() instanceof String text && names.contains(text.toLowerCase(Locale.ROOT))) {
            return type.getEnumConstants()[names.indexOf(text.toLowerCase(Locale.ROOT))];
        }
        throw wrong(name, value, "one of " + names);
    }
}
