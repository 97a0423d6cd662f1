package dev.jtangents.predict;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One value of a JSON document, and the arrays that the golden files encode in it. */
record Json(@Nullable Object value) {
    /** Reads a resource of the test class path. */
    static Json read(String resource) {
        try (InputStream stream = Json.class.getResourceAsStream(resource);
                JsonParser parser = new JsonFactory().createParser(stream)) {
            parser.nextToken();
            return new Json(parse(parser));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static @Nullable Object parse(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, parse(parser));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(parse(parser));
                }
                yield elements;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    boolean isNull() {
        return value == null;
    }

    boolean isNumber() {
        return value instanceof Double;
    }

    boolean isText() {
        return value instanceof String;
    }

    boolean isList() {
        return value instanceof List;
    }

    boolean has(String name) {
        return value instanceof Map<?, ?> members && members.containsKey(name);
    }

    /** A member; null when there is none. */
    Json get(String name) {
        return new Json(value instanceof Map<?, ?> members ? members.get(name) : null);
    }

    List<Json> list() {
        List<Json> elements = new ArrayList<>();
        if (value instanceof List<?> raw) {
            raw.forEach(element -> elements.add(new Json(element)));
        }
        return elements;
    }

    String text() {
        return String.valueOf(value);
    }

    double number() {
        if (value instanceof Double number) {
            return number;
        }
        throw new IllegalStateException("Not a number: " + value);
    }

    double number(double absent) {
        return value instanceof Double number ? number : absent;
    }

    /** An array as the golden files encode it. */
    Tensor tensor() {
        return Tensor.of(
                get("data").list().stream().mapToDouble(Json::number).toArray(),
                get("shape").list().stream().mapToLong(extent -> (long) extent.number()).toArray());
    }
}
