package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator.SplittableGenerator;

/** Networks side by side, each with inputs and outputs of its own. */
final class Parallel extends Network {
    private final List<Network> branches;

    Parallel(List<Network> branches) {
        if (branches.isEmpty()) {
            throw new InputException("parallel has no branches; give it at least one network.");
        }
        this.branches = List.copyOf(branches);
    }

    /** What each branch makes of its part. */
    private <T, R> List<R> each(Tree<T> in, BiFunction<Network, Tree<T>, R> function) {
        if (!(in instanceof Tree.Branch<T>(List<Tree<T>> parts))
                || parts.size() != branches.size()) {
            throw new InputException(
                    "parallel has "
                            + branches.size()
                            + " branches, but got "
                            + (in instanceof Tree.Branch<T>(List<Tree<T>> parts)
                                    ? parts.size() + " inputs"
                                    : "one input")
                            + ": give it one for each, or put FanOut("
                            + branches.size()
                            + ") before it to copy one.");
        }
        List<R> results = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            results.add(function.apply(branches.get(i), parts.get(i)));
        }
        return results;
    }

    @Override
    Optional<Tree<Network>> readers() {
        return Optional.of(
                Tree.of(
                        branches.stream()
                                .map(branch -> branch.readers().orElse(Tree.of(branch)))
                                .toList()));
    }

    @Override
    Tree<Set<Integer>> follow(Tree<Set<Integer>> inputs, BiConsumer<Integer, InputAxes> listener) {
        return Tree.of(each(inputs, (branch, part) -> branch.follow(part, listener)));
    }

    @Override
    Tree<Shape> outputShapesOf(Tree<Shape> input) {
        return Tree.of(each(input, Network::outputShapesOf));
    }

    @Override
    Tree<Propagation> propagate(Tree<Propagation> in) {
        return Tree.of(each(in, Network::propagate));
    }

    @Override
    Parameters initialize(SplittableGenerator random, Tree<Shape> input, DType dtype) {
        List<Parameters> parts = new ArrayList<>();
        try {
            each(
                    input,
                    (branch, part) -> parts.add(branch.initialize(random.split(), part, dtype)));
            return new Parameters.Group(parts);
        } catch (RuntimeException | Error failure) {
            parts.forEach(Parameters::close);
            throw failure;
        }
    }

    @Override
    Tree<Signal> append(FiniteNetwork network, Tree<Signal> x) {
        return Tree.of(each(x, (branch, part) -> branch.append(network, part)));
    }

    @Override
    LayerText text() {
        return new LayerText.Branches(branches.stream().map(Network::text).toList());
    }
}
