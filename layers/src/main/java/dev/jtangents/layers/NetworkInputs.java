package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The inputs of a network: how they nest, and which axes it reads of each.
 *
 * @param places the numbers of the inputs, from left to right
 * @param axes of each input, in the order of their numbers
 * @param outputs the number of outputs of the network
 */
record NetworkInputs(Tree<Integer> places, List<InputAxes> axes, int outputs) {
    /**
     * The inputs of a network that is given a number of arrays.
     *
     * @throws InputException when it takes another number
     */
    static NetworkInputs of(Network network, int given) {
        Tree<Integer> places = places(network, given);
        @Nullable InputAxes[] axes = new InputAxes[given];
        Tree<Set<Integer>> outputs =
                network.follow(
                        places.map(Set::of),
                        (input, read) -> axes[input] = merged(axes[input], read));
        // What comes out as it went in keeps its positions.
        outputs.leaves()
                .flatMap(Set::stream)
                .forEach(input -> axes[input] = merged(axes[input], InputAxes.DEFAULT));
        return new NetworkInputs(
                places,
                Arrays.stream(axes)
                        .map(a -> Objects.requireNonNullElse(a, InputAxes.DEFAULT))
                        .toList(),
                Math.toIntExact(outputs.leaves().count()));
    }

    private static Tree<Integer> places(Network network, int given) {
        List<Tree<Integer>> free = IntStream.range(0, given).mapToObj(Tree::of).toList();
        if (network.readers().isEmpty()) {
            return given == 1 ? free.getFirst() : Tree.of(free);
        }
        Tree<Network> readers = network.readers().get();
        long taken = readers.leaves().count();
        if (taken != given) {
            throw new InputException(
                    "This network takes "
                            + (taken == 1 ? "1 input" : taken + " inputs")
                            + ", but x1 is "
                            + (given == 1 ? "1 array" : given + " arrays")
                            + (taken == 1
                                    ? ": give it one, or put it in \"parallel\" with others."
                                    : ": give one array for each, from left to right, or put FanOut"
                                            + " first to give all of them the same."));
        }
        List<Integer> counted = new ArrayList<>();
        return readers.map(
                reader -> {
                    counted.add(counted.size());
                    return counted.size() - 1;
                });
    }

    /** The axes of an input that two layers read: positions count if they do for one. */
    private static InputAxes merged(@Nullable InputAxes first, InputAxes second) {
        return first == null || (first.channel() == null && second.channel() != null)
                ? second
                : first;
    }

    /** What the network makes of covariances of its inputs, in the order of their numbers. */
    List<Propagation> through(Network network, List<Propagation> inputs) {
        return network.propagate(places.map(inputs::get)).leaves().toList();
    }

    /** The number of examples in inputs of these shapes, all of which have as many. */
    long examples(List<Shape> shapes) {
        return shapes.getFirst().extent(axes.getFirst().batch());
    }
}
