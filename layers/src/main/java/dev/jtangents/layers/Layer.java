package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator.SplittableGenerator;

/** A network of one input and one output that is not made of others. */
abstract class Layer extends Network {
    /** What the layer does to covariances. */
    abstract Propagation propagate(Propagation in);

    /** The shape of the activations that leave the layer, from those that enter it. */
    abstract Shape outputShapeOf(Shape input);

    /** The axes that the layer reads of its input, when it cares. */
    Optional<InputAxes> inputAxes() {
        return Optional.empty();
    }

    /** Draws the parameters; a layer has none unless it says so. */
    Parameters initialize(SplittableGenerator random, Shape input, DType dtype) {
        return new Parameters.Group(List.of());
    }

    /**
     * What is masked of the output, from what is masked of the input; by default the same.
     *
     * @param input the shape of the activations that are masked
     * @param channelAxis the axis in it that the mask takes for channels, from 0
     */
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        return mask;
    }

    /** The same of the activations whose covariances enter the layer. */
    final Mask outputMask(Mask mask, Propagation in) {
        return outputMask(mask, in.shape1(), in.channelAxis());
    }

    /** The axis of channels of the output, from that of the input; by default the same. */
    int outputChannelAxis(Shape input, int channelAxis) {
        return channelAxis;
    }

    /** Appends the layer to a finite program; masks are seen to by the caller. */
    Signal append(FiniteNetwork network, Signal x) {
        throw new InputException(
                text().name() + " has no finite side yet: only its kernel can be computed.");
    }

    /** The layer as a model file writes it. */
    @Override
    abstract LayerText.Leaf text();

    private <T> T only(Tree<T> in) {
        if (in instanceof Tree.Leaf<T>(T value)) {
            return value;
        }
        throw new InputException(
                text().name()
                        + " takes one input, but got "
                        + in.leaves().count()
                        + ": put it in \"parallel\", one layer for each input.");
    }

    @Override
    final Optional<Tree<Network>> readers() {
        return Optional.of(Tree.of(this));
    }

    @Override
    final Tree<Set<Integer>> follow(
            Tree<Set<Integer>> inputs, BiConsumer<Integer, InputAxes> listener) {
        Optional<InputAxes> axes = inputAxes();
        if (axes.isEmpty()) {
            return inputs;
        }
        only(inputs).forEach(input -> listener.accept(input, axes.get()));
        return Tree.of(Set.of());
    }

    @Override
    final Tree<Propagation> propagate(Tree<Propagation> in) {
        return Tree.of(propagate(only(in)));
    }

    @Override
    final Tree<Shape> outputShapesOf(Tree<Shape> input) {
        return Tree.of(outputShapeOf(only(input)));
    }

    @Override
    final Parameters initialize(SplittableGenerator random, Tree<Shape> input, DType dtype) {
        return initialize(random, only(input), dtype);
    }

    @Override
    final Tree<Signal> append(FiniteNetwork network, Tree<Signal> x) {
        Signal in = only(x);
        inputAxes().ifPresent(axes -> in.requireAxes(text().name(), axes));
        Signal out = append(network, in);
        FiniteMask mask = in.mask();
        return Tree.of(mask == null ? out : masked(network, out, in.shape(), mask));
    }

    private Signal masked(FiniteNetwork network, Signal out, Shape input, FiniteMask mask) {
        return network.masked(
                out,
                mask,
                outputMask(mask.mask(), input, mask.channelAxis()),
                outputChannelAxis(input, mask.channelAxis()));
    }
}
