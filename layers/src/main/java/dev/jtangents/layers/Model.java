package dev.jtangents.layers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;

import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The model language: networks as JSON. A layer is its name, {@code "Relu"}, or its name with its
 * arguments, {@code {"Dense": {"out_dim": 512, "W_std": 1.5}}}; combinators are {@code {"serial":
 * [...]}}, {@code {"parallel": [...]}} and {@code {"repeat": {"layer": ..., "n": 3}}}.
 */
public final class Model {
    /** A model file beyond this size is not one. */
    private static final int LARGEST_BYTES = 16 << 20;

    /** No sensible network has more layers once its repetitions are unrolled. */
    static final int MOST_LAYERS = 10_000;

    private static final int DEEPEST = 200;

    private Model() {}

    /**
     * Reads a model file.
     *
     * @throws InputException when it cannot be read or is not a network; the message has the path
     *     inside the file
     */
    public static Network read(Path file) {
        try {
            return parse(file.toString(), text(file));
        } catch (MalformedInputException failure) {
            throw new InputException(
                    file + " is not text in UTF-8; a model in JSON was expected.", failure);
        } catch (IOException failure) {
            throw new InputException(file + " cannot be read: " + reason(failure) + ".", failure);
        }
    }

    /** Reads no more than a model file has, also where a device never ends. */
    private static String text(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] bytes = stream.readNBytes(LARGEST_BYTES + 1);
            if (bytes.length > LARGEST_BYTES) {
                throw new InputException(
                        file
                                + " is too large; a model file is JSON of at most "
                                + LARGEST_BYTES
                                + " bytes.");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        }
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case java.nio.file.NoSuchFileException missing -> "there is no such file";
            case java.nio.file.AccessDeniedException denied -> "permission denied";
            default -> String.valueOf(failure.getMessage());
        };
    }

    /**
     * Parses a model.
     *
     * @param name what messages call the text
     * @throws InputException when it is not a network
     */
    public static Network parse(String name, String json) {
        return of(JsonValue.parse(name, json));
    }

    /** The network that a parsed model describes. */
    static Network of(JsonValue model) {
        return new Reader().network(model, 1, 0);
    }

    private static final class Reader {
        private final List<LayerType> types = LayerType.all();
        private long layers;

        Network network(JsonValue value, long copies, int depth) {
            layers += copies;
            if (layers > MOST_LAYERS || depth > DEEPEST) {
                throw value.error(
                        "the network is too large: more than "
                                + MOST_LAYERS
                                + " layers, or nested deeper than "
                                + DEEPEST
                                + ".");
            }
            if (value.value() instanceof String layer) {
                return layer(layer, value, Map.of());
            }
            SequencedMap<String, JsonValue> members =
                    value.object("a layer: its name, or an object of its name and its arguments");
            if (members.size() != 1) {
                throw value.error(
                        "expected an object with one name, that of a layer; found "
                                + members.size()
                                + " names "
                                + members.keySet()
                                + ".");
            }
            String name = members.firstEntry().getKey();
            JsonValue body = members.firstEntry().getValue();
            return switch (name) {
                case "serial" -> new Serial(layers(name, body, copies, depth));
                case "parallel" -> parallel(body, copies, depth);
                case "repeat" -> repeat(body, copies, depth);
                default ->
                        layer(name, body, body.object("an object with the arguments of " + name));
            };
        }

        private List<Network> layers(String name, JsonValue body, long copies, int depth) {
            List<Network> parts = new ArrayList<>();
            for (JsonValue part : body.array("an array of layers for \"" + name + "\"")) {
                parts.add(network(part, copies, depth + 1));
            }
            return parts;
        }

        private Network parallel(JsonValue body, long copies, int depth) {
            List<Network> branches = layers("parallel", body, copies, depth);
            if (branches.isEmpty()) {
                throw body.error("parallel needs at least one network.");
            }
            return new Parallel(branches);
        }

        private Network repeat(JsonValue body, long copies, int depth) {
            var type = new LayerType("repeat", List.of("layer", "n"), arguments -> new Identity());
            SequencedMap<String, JsonValue> members =
                    body.object("an object with \"layer\" and \"n\" for \"repeat\"");
            int n = new Arguments(type, body, members).nonNegativeInteger("n");
            JsonValue layer = members.get("layer");
            if (layer == null) {
                throw body.error("repeat needs the argument \"layer\".");
            }
            return new Repeat(network(layer, copies * Math.max(n, 1), depth + 1), n);
        }

        private Network layer(String name, JsonValue origin, Map<String, JsonValue> given) {
            for (LayerType type : types) {
                if (type.name().equals(name)) {
                    return type.maker().apply(new Arguments(type, origin, given));
                }
            }
            List<String> known = new ArrayList<>(List.of("serial", "parallel", "repeat"));
            types.forEach(type -> known.add(type.name()));
            throw origin.error(
                    "there is no layer \"" + name + "\"" + Nearest.suggestion(name, known));
        }
    }

    /**
     * The network as the text of a model file, which reads back as the same network.
     *
     * @throws InputException when a nonlinearity of it is Java code
     */
    public static String toJson(Network network) {
        var text = new StringWriter();
        try (JsonGenerator generator =
                new JsonFactory()
                        .createGenerator(text)
                        .setPrettyPrinter(new DefaultPrettyPrinter())) {
            write(generator, network.text().toTree());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    private static void write(JsonGenerator generator, @Nullable Object tree) throws IOException {
        switch (tree) {
            case null -> generator.writeNull();
            case Map<?, ?> object -> {
                generator.writeStartObject();
                for (Map.Entry<?, ?> member : object.entrySet()) {
                    generator.writeFieldName(String.valueOf(member.getKey()));
                    write(generator, member.getValue());
                }
                generator.writeEndObject();
            }
            case List<?> array -> {
                generator.writeStartArray();
                for (Object element : array) {
                    write(generator, element);
                }
                generator.writeEndArray();
            }
            case Integer integer -> generator.writeNumber(integer);
            case Double number -> generator.writeNumber(number);
            case Boolean bool -> generator.writeBoolean(bool);
            case String string -> generator.writeString(string);
            default ->
                    throw new InputException(
                            "The network has a nonlinearity that is Java code, "
                                    + tree
                                    + ", which a model file cannot hold.");
        }
    }
}
