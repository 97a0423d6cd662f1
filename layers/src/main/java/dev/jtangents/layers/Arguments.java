package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

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

    /** Whole numbers in an array, which may be empty. */
    List<Integer> integers(String name) {
        return integers(name, required(name));
    }

    /** Whole numbers in an array, or null when the argument is absent or null. */
    @Nullable List<Integer> optionalIntegers(String name) {
        JsonValue value = values.get(name);
        return value == null || value.value() == null ? null : integers(name, value);
    }

    private List<Integer> integers(String name, JsonValue value) {
        return value.array("an array of whole numbers for \"" + name + "\"").stream()
                .map(element -> integer(name, element))
                .toList();
    }

    /** Texts in an array, or null when the argument is absent or null. */
    @Nullable List<String> optionalTexts(String name) {
        JsonValue value = values.get(name);
        return value == null || value.value() == null
                ? null
                : value.array("an array of texts for \"" + name + "\"").stream()
                        .map(element -> text(name, element))
                        .toList();
    }

    private String text(String name, JsonValue value) {
        if (value.value() instanceof String text) {
            return text;
        }
        throw wrong(name, value, "texts");
    }

    /** A layer made of these arguments; when it refuses them, the message has their place. */
    Network located(Supplier<Network> layer) {
        try {
            return layer.get();
        } catch (InputException refusal) {
            throw origin.located(refusal);
        }
    }

    /** Whether an argument is absent or null. */
    boolean isNull(String name) {
        JsonValue value = values.get(name);
        return value == null || value.value() == null;
    }

    /** Refuses an argument that only Java code can give. */
    void requireNull(String name) {
        if (!isNull(name)) {
            throw wrong(name, required(name), "null, as a model file cannot hold code,");
        }
    }

    /** A text. */
    String text(String name) {
        JsonValue value = required(name);
        if (value.value() instanceof String text) {
            return text;
        }
        throw wrong(name, value, "a text");
    }

    /** A number or an object of shape and data, or null when the argument is absent or null. */
    @Nullable ConstantTensor optionalConstant(String name) {
        if (isNull(name)) {
            return null;
        }
        JsonValue value = required(name);
        if (value.value() instanceof Double) {
            return new ConstantTensor(Shape.of(), new double[] {number(name, value)});
        }
        Map<String, JsonValue> array =
                value.object("a number, or an object of \"shape\" and \"data\",");
        JsonValue shape = array.get("shape");
        JsonValue data = array.get("data");
        if (shape == null || data == null) {
            throw wrong(name, value, "a number, or an object of \"shape\" and \"data\",");
        }
        return new ConstantTensor(
                Shape.of(integers(name, shape).stream().mapToLong(Integer::longValue).toArray()),
                data.array("an array of numbers for \"data\"").stream()
                        .mapToDouble(element -> number(name, element))
                        .toArray());
    }

    /**
     * Arrays of two arrays of two arrays of whole numbers, or an empty one when the argument is
     * absent.
     */
    List<List<List<Integer>>> pairsOfPairs(String name) {
        return isNull(name)
                ? List.of()
                : pair(name, required(name)).stream()
                        .map(
                                part ->
                                        pair(name, part).stream()
                                                .map(axes -> integers(name, axes))
                                                .toList())
                        .toList();
    }

    private List<JsonValue> pair(String name, JsonValue value) {
        List<JsonValue> parts = value.array("an array of two for \"" + name + "\"");
        if (parts.size() != 2) {
            throw wrong(name, value, "two pairs of lists of axes");
        }
        return parts;
    }

    /** One whole number, or an array of them. */
    List<Integer> integerOrIntegers(String name, List<Integer> byDefault) {
        JsonValue value = values.get(name);
        if (value == null) {
            return byDefault;
        }
        return value.value() instanceof List<?> ? integers(name) : List.of(integer(name, value));
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
