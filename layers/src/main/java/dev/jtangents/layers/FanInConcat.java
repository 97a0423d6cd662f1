package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Branches one after another along an axis. Along the channels, the covariance is the mean of
 * theirs, weighted by their widths; along any other axis, the covariances stand side by side, with
 * 0 between branches.
 */
final class FanInConcat extends FanIn {
    static final LayerType TYPE =
            new LayerType(
                    "FanInConcat",
                    List.of("axis"),
                    arguments -> new FanInConcat(arguments.integer("axis", -1)));

    private final int axis;

    FanInConcat(int axis) {
        this.axis = axis;
    }

    private int axisIn(Propagation branch) {
        return branch.shape1().axis(axis);
    }

    private boolean isOverChannels(Propagation branch) {
        return axisIn(branch) == branch.channelAxis();
    }

    @Override
    CovarianceOp operation(List<Propagation> branches) {
        Propagation first = branches.getFirst();
        if (isOverChannels(first)) {
            double width = branches.stream().mapToDouble(Propagation::channels).sum();
            return new CovarianceOp.WeightedSum(
                    branches.stream().map(branch -> branch.channels() / width).toList());
        }
        requireGaussian(branches);
        return axisIn(first) == first.batchAxis()
                ? new CovarianceOp.ExampleConcatenation()
                : new CovarianceOp.Concatenation(first.spatialAxes().indexOf(axisIn(first)));
    }

    @Override
    boolean isGaussian(List<Propagation> branches) {
        return !isOverChannels(branches.getFirst());
    }

    @Override
    Shape joinedShape(List<Shape> branches) {
        Shape first = branches.getFirst();
        long extent = 0;
        for (Shape branch : branches) {
            if (branch.rank() != first.rank()
                    || !branch.without(axis).equals(first.without(axis))) {
                throw refusal(
                        "along axis "
                                + axis
                                + " takes branches that differ in that axis only, but these have"
                                + " shapes "
                                + branches
                                + ".");
            }
            extent = Math.addExact(extent, branch.extent(axis));
        }
        return first.with(axis, extent);
    }

    @Override
    Value joined(FiniteBuilder program, List<Signal> branches) {
        Signal first = branches.getFirst();
        if (first.shape().axis(axis) == first.batchAxis()) {
            throw refusal(
                    "along axis "
                            + axis
                            + ", the batch, has no finite side, in which a network sees one example"
                            + " at a time: apply the branches one by one and concatenate what they"
                            + " make.");
        }
        return program.concatenate(
                branches.stream().map(Signal::value).toList(), first.valueAxis(axis));
    }

    @Override
    @Nullable Mask joinedMask(List<BranchMask> branches) {
        return BranchMask.concatenated(branches, branches.getFirst().shape().axis(axis));
    }

    @Override
    LayerText.Leaf text() {
        return LayerText.Leaf.of("FanInConcat").with("axis", axis, -1);
    }
}
