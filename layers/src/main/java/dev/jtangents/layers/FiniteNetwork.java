package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.IntStream;

/**
 * A network of finite width on certain examples, under construction: its program, and the arrays
 * that the program takes of each example.
 */
final class FiniteNetwork {
    private final FiniteBuilder program = new FiniteBuilder();
    private final List<Tensor> arrays = new ArrayList<>();
    private final ApplyOptions options;
    private final @Nullable SplittableGenerator random;

    /** Nothing yet. */
    FiniteNetwork(ApplyOptions options) {
        this.options = options;
        Long seed = options.seedOrNull();
        this.random = seed == null ? null : Network.generator(seed);
    }

    /** What there is to the inputs beside their arrays. */
    ApplyOptions options() {
        return options;
    }

    /** What layers append to. */
    FiniteBuilder program() {
        return program;
    }

    /** Where layers that are random in use draw from, or null when no seed was given. */
    @Nullable SplittableGenerator random() {
        return random;
    }

    /** An input of the network; borrowed. */
    Signal input(Tensor x, int batchAxis) {
        Value value = given(batchFirst(x, batchAxis));
        return new Signal(value, x.shape(), batchAxis, null);
    }

    /** An array of each example, which are on its first axis; borrowed. */
    Value given(Tensor array) {
        arrays.add(array);
        return program.input(array.shape().without(0));
    }

    /** An array seen with its batch axis first. */
    static Tensor batchFirst(Tensor x, int batchAxis) {
        int[] axes =
                IntStream.concat(
                                IntStream.of(batchAxis),
                                IntStream.range(0, x.shape().rank())
                                        .filter(axis -> axis != batchAxis))
                        .toArray();
        return x.transpose(axes);
    }

    /** An array with its batch axis first seen with it in its own place. */
    static Tensor batchBack(Tensor y, Shape shape, int batchAxis) {
        int[] axes =
                IntStream.range(0, shape.rank())
                        .map(axis -> axis == batchAxis ? 0 : axis < batchAxis ? axis + 1 : axis)
                        .toArray();
        return y.transpose(axes);
    }

    /** The arrays that the program takes, in order; their first axis is that of examples. */
    List<Tensor> arrays() {
        return List.copyOf(arrays);
    }

    /** The program that makes these activations. */
    FiniteProgram program(List<Signal> outputs) {
        return program.build(outputs.stream().map(Signal::value).toList());
    }
}
