package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator.SplittableGenerator;

/** One layer a number of times, each time with parameters of its own. */
final class Repeat extends Network {
    private final Network layer;
    private final int times;
    private final Serial unrolled;

    Repeat(Network layer, int times) {
        this.layer = layer;
        this.times = Checks.nonNegativeInteger("n of repeat", times);
        if (times > Model.MOST_LAYERS) {
            throw new InputException(
                    "n of repeat is " + times + "; at most " + Model.MOST_LAYERS + " is possible.");
        }
        this.unrolled = new Serial(Collections.nCopies(times, layer));
    }

    @Override
    Optional<Tree<Network>> readers() {
        return unrolled.readers();
    }

    @Override
    Tree<Set<Integer>> follow(Tree<Set<Integer>> inputs, BiConsumer<Integer, InputAxes> listener) {
        return unrolled.follow(inputs, listener);
    }

    @Override
    Tree<Shape> outputShapesOf(Tree<Shape> input) {
        if (times == 0) {
            return input;
        }
        Tree<Shape> once = layer.outputShapesOf(input);
        if (times > 1) {
            requireKept(once, layer.outputShapesOf(once));
        }
        return once;
    }

    private static void requireKept(Tree<Shape> before, Tree<Shape> after) {
        if (!after.equals(before)) {
            throw new InputException(
                    "A repeated layer must keep the shape of its input once it has run; this one"
                            + " turns "
                            + before
                            + " into "
                            + after
                            + ".");
        }
    }

    @Override
    Tree<Propagation> propagate(Tree<Propagation> in) {
        Tree<Propagation> propagation = in;
        for (int run = 0; run < times; run++) {
            Tree<Propagation> next = layer.propagate(propagation);
            if (run > 0) {
                requireKept(propagation.map(Propagation::shape1), next.map(Propagation::shape1));
            }
            propagation = next;
        }
        return propagation;
    }

    @Override
    Parameters initialize(SplittableGenerator random, Tree<Shape> input, DType dtype) {
        return unrolled.initialize(random, input, dtype);
    }

    @Override
    Tree<Signal> append(FiniteNetwork network, Tree<Signal> x) {
        return unrolled.append(network, x);
    }

    @Override
    LayerText text() {
        return new LayerText.Repetition(layer.text(), times);
    }
}
