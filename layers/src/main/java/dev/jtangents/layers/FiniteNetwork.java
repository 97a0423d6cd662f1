package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.IntStream;

/**
 * A network of finite width on certain examples, under construction: its program, and the arrays
 * that the program takes of each example. Closing it frees the arrays that it owns.
 */
final class FiniteNetwork implements AutoCloseable {
    private final FiniteBuilder program = new FiniteBuilder();
    private final List<Tensor> arrays = new ArrayList<>();
    private final List<Tensor> owned = new ArrayList<>();
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
    Signal input(Tensor x, InputAxes axes) {
        Shape shape = x.shape();
        int batch = axes.batchIn(shape);
        Double constant = options.maskConstantOrNull();
        if (constant == null || shape.size() == 0) {
            return new Signal(given(batchFirst(x, batch)), shape, batch, null);
        }
        int channel = axes.channelIn(shape);
        Tensor ordered = x.transpose(InputBatches.order(shape.rank(), batch, channel));
        Mask mask = Mask.of(ordered, constant, false);
        Value value = owned(InputBatches.unmasked(batchFirst(x, batch), x.dtype(), constant));
        var unmasked = new Signal(value, shape, batch, null);
        return new Signal(value, shape, batch, inProgram(unmasked, mask, channel));
    }

    /** An array of each example, which are on its first axis; borrowed. */
    Value given(Tensor array) {
        arrays.add(array);
        return program.input(array.shape().without(0));
    }

    /** The same of an array that is the network's to close. */
    Value owned(Tensor array) {
        owned.add(array);
        return given(array);
    }

    /**
     * Activations with 0 where they are masked.
     *
     * @param before a mask that is in the program already
     * @param mask what is masked of these activations
     * @param channelAxis their axis of channels, from 0
     */
    Signal masked(Signal x, FiniteMask before, Mask mask, int channelAxis) {
        FiniteMask changed =
                mask == before.mask() && channelAxis == before.channelAxis()
                        ? before
                        : inProgram(x, mask, channelAxis);
        Value present = changed.present();
        Value zeroed =
                present == null
                        ? x.value()
                        : program.multiply(
                                x.value(), program.broadcast(present, x.value().shape()));
        return new Signal(zeroed, x.shape(), x.batchAxis(), changed);
    }

    private FiniteMask inProgram(Signal x, Mask mask, int channelAxis) {
        Value present = mask.any() ? numbers(x, mask, channelAxis, 0, 1) : null;
        return new FiniteMask(mask, channelAxis, present);
    }

    /**
     * Two numbers for what is masked and what is not.
     *
     * @param x the activations that are masked
     * @param mask what is masked of them
     * @param channelAxis their axis of channels, from 0
     * @return a value of the axes of that of x, with the channels of the mask
     */
    Value numbers(Signal x, Mask mask, int channelAxis, double ifMasked, double ifNot) {
        Shape shape = x.shape();
        int[] order = InputBatches.order(shape.rank(), x.batchAxis(), channelAxis);
        Shape counted = shape.with(channelAxis, mask.channels());
        Tensor numbers = mask.tensor(counted, order, DType.F32, ifMasked, ifNot);
        owned.add(numbers);
        return given(batchFirst(numbers, x.batchAxis()));
    }

    @Override
    public void close() {
        owned.forEach(Tensor::close);
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
