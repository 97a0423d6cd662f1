package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The parameters of a finite network, nested like its layers: {@code serial} makes a group of its
 * layers' parameters, a layer without parameters an empty group, Dense a group of W and b. Closing
 * frees every array.
 */
public sealed interface Parameters extends AutoCloseable {
    /** The arrays, from left to right, without the absent ones. */
    Stream<Tensor> arrays();

    /**
     * Other arrays, nested like these.
     *
     * @param arrays from left to right; the caller closes the result, and with it them
     * @throws InputException when their number differs
     */
    default Parameters with(List<Tensor> arrays) {
        if (arrays.size() != arrays().count()) {
            throw new InputException(
                    arrays.size()
                            + " arrays were given for parameters of "
                            + arrays().count()
                            + ".");
        }
        return with(arrays.iterator());
    }

    private Parameters with(Iterator<Tensor> arrays) {
        return switch (this) {
            case Group(List<Parameters> parts) ->
                    new Group(parts.stream().map(part -> part.with(arrays)).toList());
            case Array _ -> new Array(arrays.next());
            case Absent _ -> this;
        };
    }

    @Override
    default void close() {
        arrays().forEach(Tensor::close);
    }

    /** The parameters of the parts of a layer. */
    record Group(List<Parameters> parts) implements Parameters {
        public Group {
            parts = List.copyOf(parts);
        }

        @Override
        public Stream<Tensor> arrays() {
            return parts.stream().flatMap(Parameters::arrays);
        }
    }

    /** One array. */
    record Array(Tensor tensor) implements Parameters {
        @Override
        public Stream<Tensor> arrays() {
            return Stream.of(tensor);
        }
    }

    /** A parameter that the layer does not have, such as the bias of a layer without b_std. */
    record Absent() implements Parameters {
        @Override
        public Stream<Tensor> arrays() {
            return Stream.empty();
        }
    }
}
