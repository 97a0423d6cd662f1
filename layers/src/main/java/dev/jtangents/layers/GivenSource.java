package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.CovarianceProgram;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.GivenKernel;
import dev.jtangents.graph.Sources;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A kernel that a network goes on from. */
final class GivenSource implements KernelSource {
    private final Kernel kernel;
    private final KernelOptions options;
    private final List<Tensor> copies = new ArrayList<>();
    private final Tensor cov1;
    private final @Nullable Tensor cov2;

    /** A source of a kernel of which {@link #propagation} has been made. */
    GivenSource(Kernel kernel, KernelOptions options) {
        this.kernel = kernel;
        this.options = options;
        boolean finished = false;
        try {
            cov1 = diagonal(kernel.cov1());
            cov2 = kernel.facts().second() ? diagonal(kernel.cov2().orElseThrow()) : null;
            finished = true;
        } finally {
            if (!finished) {
                close();
            }
        }
    }

    /**
     * The covariances of a kernel, as they enter a network.
     *
     * @throws InputException when the kernel has not all that a network needs
     */
    static Propagation propagation(Kernel kernel, KernelOptions options) {
        KernelFacts facts = kernel.facts();
        requireFields(kernel, facts, options);
        if (facts.diagonalSpatial() && extents(facts).rank() > 0) {
            throw new InputException(
                    "The kernel pairs equal positions only, which is not enough for a network to go"
                            + " on from: compute it with diagonal_spatial false.");
        }
        if (!options.isDiagonalBatch()) {
            throw new InputException(
                    "With diagonal_batch false, cov1 and cov2 pair all examples of a batch, of"
                        + " which a kernel does not know enough: compute the whole network from its"
                        + " inputs, or leave diagonal_batch out.");
        }
        if (options.maskConstantOrNull() != null) {
            throw new InputException(
                    "mask_constant is for arrays; a kernel has masks of its own: leave it out.");
        }
        var graph = new CovarianceProgram.Builder();
        int node = graph.add(new CovarianceOp.Given(0, extents(facts)));
        return new Propagation(graph, node, facts.activations())
                .withPatterns(options.pattern1OrNull(), options.pattern2OrNull());
    }

    private static void requireFields(Kernel kernel, KernelFacts facts, KernelOptions options) {
        List<KernelField> needed = new ArrayList<>(List.of(KernelField.NNGP, KernelField.COV1));
        if (options.fieldSet().contains(KernelField.NTK)) {
            needed.add(KernelField.NTK);
        }
        if (facts.second()) {
            needed.add(KernelField.COV2);
        }
        needed.removeIf(field -> kernel.get(field).isPresent());
        if (!needed.isEmpty()) {
            throw new InputException(
                    "The kernel has no "
                            + needed.stream()
                                    .map(KernelField::label)
                                    .collect(Collectors.joining(", "))
                            + ", from which a network goes on: compute it with all its fields.");
        }
    }

    private static Extents extents(KernelFacts facts) {
        Propagation.Layout layout = facts.activations().layout();
        return new InputAxes(layout.batchAxis(), layout.channelAxis()).spatialIn(layout.shape1());
    }

    /** The covariance of each example with itself. */
    private Tensor diagonal(Tensor covariance) {
        if (kernel.facts().diagonalBatch()) {
            return covariance;
        }
        Shape shape = covariance.shape().without(1);
        Tensor diagonal = Tensor.allocate(covariance.dtype(), shape);
        copies.add(diagonal);
        for (long i = 0; i < shape.extent(0); i++) {
            Tensor own = covariance.slice(0, i, i + 1).slice(1, i, i + 1);
            diagonal.slice(0, i, i + 1).assign(own.reshape(shape.with(0, 1).extents()));
        }
        return diagonal;
    }

    private Sources sources(@Nullable Tensor second) {
        boolean parametric = kernel.facts().activations().parametric();
        Tensor ntk =
                parametric && options.fieldSet().contains(KernelField.NTK) ? kernel.ntk() : null;
        Extents extents = extents(kernel.facts());
        return Sources.of(new GivenKernel(kernel.nngp(), ntk, cov1, second, extents));
    }

    @Override
    public DType dtype() {
        DType asked = options.dtypeOrNull();
        return asked != null ? asked : kernel.nngp().dtype();
    }

    @Override
    public boolean areSame() {
        return kernel.facts().same();
    }

    @Override
    public boolean hasSecond() {
        return kernel.facts().second();
    }

    @Override
    public Sources pairs() {
        return sources(areSame() ? null : cov2);
    }

    @Override
    public Sources batches() {
        return sources(cov2);
    }

    @Override
    public Stream<Tensor> tensors() {
        return Stream.of(KernelField.values())
                .flatMap(field -> kernel.get(field).stream())
                .filter(Tensor.class::isInstance)
                .map(Tensor.class::cast);
    }

    @Override
    public void close() {
        copies.forEach(Tensor::close);
    }
}
