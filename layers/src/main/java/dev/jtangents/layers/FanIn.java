package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * A layer that makes one of several branches. Covariances between branches count as 0, which is
 * right for branches that end with weights of their own, and where at most one does not.
 */
abstract class FanIn extends Network {
    private static final String SAME_AXES =
            "give all their layers the same batch_axis and channel_axis";

    /**
     * What makes one covariance of those of the branches, which have the same axes.
     *
     * @throws InputException when the branches cannot be joined
     */
    abstract CovarianceOp operation(List<Propagation> branches);

    /** Whether what the branches make together is Gaussian. */
    abstract boolean isGaussian(List<Propagation> branches);

    /** What is masked of it on one side, or null when nothing is. */
    abstract @Nullable Mask joinedMask(List<BranchMask> branches);

    /** The shape of what branches of these shapes make together. */
    abstract Shape joinedShape(List<Shape> branches);

    /** What branches of a finite network, of the same examples on the same axis, make together. */
    abstract Value joined(FiniteBuilder program, List<Signal> branches);

    /** The layer as a model file writes it. */
    @Override
    abstract LayerText.Leaf text();

    final InputException refusal(String message) {
        return new InputException(text().name() + " " + message);
    }

    /** The one shape that the branches have. */
    final Shape commonShape(List<Shape> branches) {
        if (branches.stream().distinct().count() != 1) {
            throw refusal(
                    "takes branches of one shape, but these have "
                            + branches
                            + ": make their last layers alike.");
        }
        return branches.getFirst();
    }

    /** Refuses branches that are not Gaussian. */
    final void requireGaussian(List<Propagation> branches) {
        for (int i = 0; i < branches.size(); i++) {
            if (!branches.get(i).gaussian()) {
                throw refusal(
                        "takes branches that are Gaussian, but branch "
                                + i
                                + " (counted from 0) is not: end it with a layer with random"
                                + " weights, such as Dense or Conv.");
            }
        }
    }

    private <T> List<T> branches(Tree<T> in) {
        if (!(in instanceof Tree.Branch<T>(List<Tree<T>> parts)) || parts.isEmpty()) {
            throw refusal("joins a list of branches, but got one value: put parallel before it.");
        }
        return parts.stream().map(this::leaf).toList();
    }

    private <T> T leaf(Tree<T> part) {
        if (part instanceof Tree.Leaf<T>(T value)) {
            return value;
        }
        throw refusal(
                "joins branches of one output each, but one of these has "
                        + part.leaves().count()
                        + ": join those first.");
    }

    private <B, T> void requireCommon(
            List<B> branches, Function<B, T> fact, String what, String advice) {
        List<T> facts = branches.stream().map(fact).toList();
        if (facts.stream().distinct().count() != 1) {
            throw refusal(
                    "takes branches with the same "
                            + what
                            + ", but theirs are "
                            + facts
                            + ": "
                            + advice
                            + ".");
        }
    }

    @Override
    final Tree<Propagation> propagate(Tree<Propagation> in) {
        List<Propagation> branches = branches(in);
        requireCommon(
                branches,
                branch -> branch.shape1().rank(),
                "number of axes",
                "end all of them with Flatten or a global pool, or none");
        requireCommon(branches, Propagation::batchAxis, "batch axis", SAME_AXES);
        requireCommon(branches, Propagation::channelAxis, "channel axis", SAME_AXES);
        Shape shape1 = joinedShape(branches.stream().map(Propagation::shape1).toList());
        Shape shape2 = joinedShape(branches.stream().map(Propagation::shape2).toList());
        Propagation first = branches.getFirst();
        int[] nodes = branches.stream().mapToInt(Propagation::node).toArray();
        Mask mask1 = joinedMask(branches.stream().map(BranchMask::first).toList());
        boolean alike = branches.stream().allMatch(branch -> branch.mask1() == branch.mask2());
        Mask mask2 = alike ? mask1 : joinedMask(branches.stream().map(BranchMask::second).toList());
        Propagation joined =
                first.at(first.graph().add(operation(branches), nodes))
                        .withShapes(shape1, shape2)
                        .withGaussian(isGaussian(branches))
                        .withMasks(mask1, mask2);
        boolean parametric = branches.stream().anyMatch(Propagation::parametric);
        return Tree.of(parametric ? joined.withParameters() : joined);
    }

    @Override
    final Tree<Shape> outputShapesOf(Tree<Shape> input) {
        return Tree.of(joinedShape(branches(input)));
    }

    @Override
    final Tree<Set<Integer>> follow(
            Tree<Set<Integer>> inputs, BiConsumer<Integer, InputAxes> listener) {
        Set<Integer> all = new HashSet<>();
        branches(inputs).forEach(all::addAll);
        return Tree.of(all);
    }

    @Override
    final Parameters initialize(SplittableGenerator random, Tree<Shape> input, DType dtype) {
        return new Parameters.Group(List.of());
    }

    @Override
    final Tree<Signal> append(FiniteNetwork network, Tree<Signal> x) {
        List<Signal> branches = branches(x);
        requireCommon(branches, Signal::batchAxis, "batch axis", SAME_AXES);
        int batchAxis = branches.getFirst().batchAxis();
        Shape shape = joinedShape(branches.stream().map(Signal::shape).toList());
        var joined = new Signal(joined(network.program(), branches), shape, batchAxis, null);
        List<FiniteMask> masks = branches.stream().flatMap(Signal::masks).toList();
        if (masks.isEmpty()) {
            return Tree.of(joined);
        }
        requireCommon(masks, FiniteMask::channelAxis, "channel axis", SAME_AXES);
        FiniteMask first = masks.getFirst();
        int channelAxis = first.channelAxis();
        Mask mask = joinedMask(branches.stream().map(b -> BranchMask.of(b, channelAxis)).toList());
        return Tree.of(network.masked(joined, first, Objects.requireNonNull(mask), channelAxis));
    }
}
