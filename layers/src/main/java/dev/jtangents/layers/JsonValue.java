package dev.jtangents.layers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;

import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A value of a JSON text that knows where it stands, so that errors can say so.
 *
 * @param value a {@link SequencedMap} or {@link List} of values, a String, Double, Boolean or null
 * @param place for people: the path inside the text, and line and column
 */
record JsonValue(@Nullable Object value, String place) {
    private static final int DEEPEST = 500;

    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /**
     * Parses a whole text.
     *
     * @param name what messages call the text
     * @throws InputException when it is not one JSON value
     */
    static JsonValue parse(String name, String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new InputException(name + " is empty; a network in JSON was expected.");
            }
            JsonValue value = read(parser, name, "$");
            if (parser.nextToken() != null) {
                throw new InputException(
                        name
                                + " goes on after its JSON value ended"
                                + position(parser)
                                + ": one network was expected.");
            }
            return value;
        } catch (JsonProcessingException failure) {
            throw new InputException(
                    name
                            + " is not valid JSON"
                            + (failure.getLocation() == null
                                    ? ""
                                    : " (line "
                                            + failure.getLocation().getLineNr()
                                            + ", column "
                                            + failure.getLocation().getColumnNr()
                                            + ")")
                            + ": "
                            + firstLine(failure.getOriginalMessage()),
                    failure);
        } catch (IOException failure) {
            throw new InputException(name + " cannot be read: " + failure.getMessage(), failure);
        }
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "malformed" : message.lines().findFirst().orElse("malformed");
    }

    private static JsonValue read(JsonParser parser, String name, String path) throws IOException {
        String place = name + " at " + path + position(parser);
        if (parser.getParsingContext().getNestingDepth() > DEEPEST) {
            throw new InputException(place + ": nested deeper than " + DEEPEST + ".");
        }
        Object value =
                switch (parser.currentToken()) {
                    case START_OBJECT -> readObject(parser, name, path);
                    case START_ARRAY -> readArray(parser, name, path);
                    case VALUE_STRING -> parser.getText();
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
                    case VALUE_TRUE -> true;
                    case VALUE_FALSE -> false;
                    default -> null;
                };
        return new JsonValue(value, place);
    }

    private static SequencedMap<String, JsonValue> readObject(
            JsonParser parser, String name, String path) throws IOException {
        SequencedMap<String, JsonValue> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            object.put(key, read(parser, name, path + "." + key));
        }
        return object;
    }

    private static List<JsonValue> readArray(JsonParser parser, String name, String path)
            throws IOException {
        List<JsonValue> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(read(parser, name, path + "[" + array.size() + "]"));
        }
        return array;
    }

    private static String position(JsonParser parser) {
        var location = parser.currentTokenLocation();
        return " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    /** An error about this value. */
    InputException error(String message) {
        return new InputException(place + ": " + message);
    }

    /** A refusal with the place of this value, or with that of a value inside when it has it. */
    InputException located(InputException refusal) {
        String path = place.substring(0, place.lastIndexOf(" (line "));
        return refusal.getMessage().startsWith(path) ? refusal : error(refusal.getMessage());
    }

    /** The members of an object, or an error that says what was expected. */
    @SuppressWarnings("unchecked")
    SequencedMap<String, JsonValue> object(String expected) {
        if (value instanceof SequencedMap<?, ?> members) {
            return (SequencedMap<String, JsonValue>) members;
        }
        throw error("expected " + expected + ", found " + kind() + ".");
    }

    /** The elements of an array, or an error that says what was expected. */
    @SuppressWarnings("unchecked")
    List<JsonValue> array(String expected) {
        if (value instanceof List<?> elements) {
            return (List<JsonValue>) elements;
        }
        throw error("expected " + expected + ", found " + kind() + ".");
    }

    /** What kind of value it is, for people. */
    String kind() {
        return switch (value) {
            case null -> "null";
            case SequencedMap<?, ?> members -> "an object";
            case List<?> elements -> "an array";
            case String text -> "the text \"" + text + "\"";
            case Double number -> "the number " + Arguments.plain(number);
            default -> value.toString();
        };
    }
}
