package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator.SplittableGenerator;

/** Copies of its input, as many as asked for. */
final class FanOut extends Network {
    /** More copies than any network has branches, and few enough to be listed. */
    private static final int MOST_COPIES = 10_000;

    static final LayerType TYPE =
            new LayerType(
                    "FanOut",
                    List.of("num"),
                    arguments -> new FanOut(arguments.positiveInteger("num")));

    private final int copies;

    FanOut(int copies) {
        this.copies = Checks.positive("num of FanOut", copies);
    }

    private <T> Tree<T> copied(Tree<T> in) {
        if (copies * in.leaves().count() > MOST_COPIES) {
            throw new InputException(
                    "FanOut makes "
                            + copies * in.leaves().count()
                            + " outputs; at most "
                            + MOST_COPIES
                            + " are possible.");
        }
        return Tree.of(Collections.nCopies(copies, in));
    }

    @Override
    Optional<Tree<Network>> readers() {
        return Optional.of(Tree.of(this));
    }

    @Override
    Tree<Set<Integer>> follow(Tree<Set<Integer>> inputs, BiConsumer<Integer, InputAxes> listener) {
        return copied(inputs);
    }

    @Override
    Tree<Shape> outputShapesOf(Tree<Shape> input) {
        return copied(input);
    }

    @Override
    Tree<Propagation> propagate(Tree<Propagation> in) {
        return copied(in);
    }

    @Override
    Parameters initialize(SplittableGenerator random, Tree<Shape> input, DType dtype) {
        return new Parameters.Group(List.of());
    }

    @Override
    Tree<Signal> append(FiniteNetwork network, Tree<Signal> x) {
        return copied(x);
    }

    @Override
    LayerText text() {
        return LayerText.Leaf.of("FanOut", "num", copies);
    }
}
