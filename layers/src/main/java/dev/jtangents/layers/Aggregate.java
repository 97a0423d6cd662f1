package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.PerExample;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Sums activations over the edges of a graph that each example has of its own (Du et al. 2019,
 * arXiv:1905.13192). With A(i, j) the weight of the edge from node i to node j, activations x
 * become {@code xⱼ' = Σᵢ A(i, j) xᵢ} and covariances {@code q' = A1ᵀ q A2}, and the same of the
 * NTK.
 *
 * <p>Graphs are given by {@link KernelOptions#pattern} or {@link ApplyOptions#pattern}; without
 * them the layer changes nothing. Nodes are the positions along the aggregated axes X, Y, ... of
 * the activations. Graphs of N examples are
 *
 * <ul>
 *   <li>{@link Implementation#DENSE}: of shape (N, X, Y, ..., X, Y, ...), weights from the node of
 *       the first half of the axes to that of the second;
 *   <li>{@link Implementation#SPARSE}: of shape (N, edges, K, 2) for K aggregated axes, or (N,
 *       edges, 2) for one, lists of edges of weight 1 by the coordinates of their sender and
 *       receiver. Edges with a negative number are padding; repeated edges add up.
 * </ul>
 */
public final class Aggregate extends Layer {
    /** How graphs are written. */
    public enum Implementation {
        /** As matrices of weights. */
        DENSE,
        /** As lists of edges. */
        SPARSE
    }

    static final LayerType TYPE =
            new LayerType(
                    "Aggregate",
                    List.of("aggregate_axis", "batch_axis", "channel_axis", "implementation"),
                    arguments ->
                            new Aggregate(
                                    arguments.isNull("aggregate_axis")
                                            ? null
                                            : arguments.integerOrIntegers(
                                                    "aggregate_axis", List.of()),
                                    InputAxes.of(arguments),
                                    arguments.choice(
                                            "implementation",
                                            Implementation.class,
                                            Implementation.DENSE)));

    private final @Nullable List<Integer> aggregated;
    private final InputAxes axes;
    private final Implementation implementation;

    private Aggregate(
            @Nullable List<Integer> aggregated, InputAxes axes, Implementation implementation) {
        this.aggregated = aggregated == null ? null : List.copyOf(aggregated);
        this.axes = axes;
        this.implementation = implementation;
    }

    static Aggregate of(int... aggregated) {
        return new Aggregate(
                aggregated.length == 0 ? null : IntStream.of(aggregated).boxed().toList(),
                InputAxes.DEFAULT,
                Implementation.DENSE);
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public Aggregate axes(int batchAxis, int channelAxis) {
        return new Aggregate(aggregated, new InputAxes(batchAxis, channelAxis), implementation);
    }

    /** The same layer reading graphs that are written otherwise; the default is dense. */
    public Aggregate implementation(Implementation value) {
        return new Aggregate(aggregated, axes, value);
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        return input;
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireAxes("Aggregate", axes);
        Tensor pattern1 = in.activations().patterns().first();
        Tensor pattern2 = in.activations().patterns().second();
        if (pattern1 == null || pattern2 == null) {
            return in.remasked();
        }
        double[] first = matrices("pattern1", pattern1, in.shape1());
        double[] second =
                pattern2 == pattern1 ? first : matrices("pattern2", pattern2, in.shape2());
        int positions = in.extents().positions();
        return in.then(
                        new CovarianceOp.Mixing(
                                new PerExample(positions * positions, first, second), in.extents()))
                .remasked();
    }

    /** Of each example the map of its positions, (receiving, sending). */
    private double[] matrices(String name, Tensor pattern, Shape activations) {
        Graphs graphs =
                new Graphs(
                        name,
                        pattern,
                        Math.toIntExact(activations.extent(axes.batchIn(activations))),
                        axes.spatialIn(activations),
                        nodeAxes(activations));
        return implementation == Implementation.DENSE ? graphs.ofWeights() : graphs.ofEdges();
    }

    /** Which of the spatial axes are aggregated, in the order of the graphs' axes. */
    private List<Integer> nodeAxes(Shape activations) {
        List<Integer> spatial =
                IntStream.range(0, activations.rank())
                        .filter(axis -> axis != axes.batchIn(activations))
                        .filter(axis -> axis != axes.channelIn(activations))
                        .boxed()
                        .toList();
        if (aggregated == null) {
            return IntStream.range(0, spatial.size()).boxed().toList();
        }
        List<Integer> nodes =
                aggregated.stream().map(activations::axis).map(spatial::indexOf).toList();
        if (nodes.contains(-1) || nodes.stream().distinct().count() != nodes.size()) {
            throw new InputException(
                    "Aggregate sums over axes "
                            + aggregated
                            + " of activations of shape "
                            + activations
                            + "; each of "
                            + spatial
                            + ", which are neither batch nor channels, can be named once.");
        }
        return nodes;
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        Tensor pattern = network.options().patternOrNull();
        if (pattern == null) {
            return x;
        }
        FiniteBuilder program = network.program();
        int channel = x.valueAxis(axes.channelIn(x.shape()));
        Value rows = PositionRows.of(program, x.value(), channel);
        long positions = rows.shape().extent(0);
        double[] matrices = matrices("pattern", pattern, x.shape());
        Value graphs = network.owned(Tensor.of(matrices, x.examples(), positions, positions));
        Value summed = program.product(graphs, rows, false, 1);
        return x.with(PositionRows.back(program, summed, x.value().shape(), channel));
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(
                LayerText.Leaf.of("Aggregate")
                        .with("aggregate_axis", aggregated, null)
                        .with(
                                "implementation",
                                implementation.name(),
                                Implementation.DENSE.name()));
    }
}
