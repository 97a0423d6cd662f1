package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** The product of branches, as in gated units: covariances multiply. */
final class FanInProd extends FanIn {
    static final LayerType TYPE = new LayerType("FanInProd", List.of(), a -> new FanInProd());

    @Override
    CovarianceOp operation(List<Propagation> branches) {
        return new CovarianceOp.Product();
    }

    @Override
    boolean isGaussian(List<Propagation> branches) {
        return branches.size() == 1 && branches.getFirst().gaussian();
    }

    @Override
    Shape joinedShape(List<Shape> branches) {
        return commonShape(branches);
    }

    @Override
    Value joined(FiniteBuilder program, List<Signal> branches) {
        return branches.stream().map(Signal::value).reduce(program::multiply).orElseThrow();
    }

    @Override
    @Nullable Mask joinedMask(List<BranchMask> branches) {
        return BranchMask.inAll(branches);
    }

    @Override
    LayerText.Leaf text() {
        return LayerText.Leaf.of("FanInProd");
    }
}
