package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;

/** The sum of branches; covariances and tangent kernels add. */
final class FanInSum extends FanIn {
    static final LayerType TYPE = new LayerType("FanInSum", List.of(), a -> new FanInSum());

    @Override
    CovarianceOp operation(List<Propagation> branches) {
        if (branches.size() > 1) {
            requireGaussian(branches);
        }
        return new CovarianceOp.WeightedSum(Collections.nCopies(branches.size(), 1.0));
    }

    @Override
    boolean isGaussian(List<Propagation> branches) {
        return branches.getFirst().gaussian();
    }

    @Override
    Shape joinedShape(List<Shape> branches) {
        return commonShape(branches);
    }

    @Override
    Value joined(FiniteBuilder program, List<Signal> branches) {
        return program.sum(branches.stream().map(Signal::value).toList());
    }

    @Override
    @Nullable Mask joinedMask(List<BranchMask> branches) {
        return BranchMask.inAll(branches);
    }

    @Override
    LayerText.Leaf text() {
        return LayerText.Leaf.of("FanInSum");
    }
}
