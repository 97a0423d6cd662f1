package dev.jtangents.layers;

import dev.jtangents.graph.Batch;
import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.CovarianceProgram;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.Sources;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The arrays of a kernel, one or several for each batch, as a program reads them. Closing it frees
 * the copies that were needed, not the arrays.
 */
final class KernelInputs implements KernelSource {
    private final List<Tensor> x1;
    private final @Nullable List<Tensor> x2;
    private final DType dtype;
    private final @Nullable Double maskConstant;
    private final InputBatches copies = new InputBatches();
    private final List<Batch> first;
    private final @Nullable List<Batch> second;
    private final boolean same;

    KernelInputs(
            List<InputAxes> axes,
            List<Tensor> x1,
            @Nullable List<Tensor> x2,
            KernelOptions options) {
        this.x1 = x1;
        this.x2 = x2;
        DType asked = options.dtypeOrNull();
        this.maskConstant = options.maskConstantOrNull();
        this.dtype =
                asked != null
                        ? asked
                        : tensors().map(Tensor::dtype).reduce(DType::wider).orElseThrow();
        boolean finished = false;
        try {
            first = batches("x1", axes, x1);
            second = x2 == null ? null : batches("x2", axes, x2);
            same =
                    second == null
                            || (sameValues(first, second) && sameMasks() && sameGraphs(options));
            finished = true;
        } finally {
            if (!finished) {
                copies.close();
            }
        }
    }

    private List<Batch> batches(String name, List<InputAxes> axes, List<Tensor> x) {
        List<Batch> batches = new ArrayList<>();
        for (int index = 0; index < x.size(); index++) {
            batches.add(
                    copies.batch(
                            name + label(x.size(), index),
                            axes.get(index),
                            x.get(index),
                            dtype,
                            maskConstant));
        }
        return batches;
    }

    /** What follows the name of a batch in messages about one of several inputs. */
    private static String label(int inputs, int index) {
        return inputs == 1 ? "" : "[" + index + "]";
    }

    private static boolean sameValues(List<Batch> first, List<Batch> second) {
        for (int index = 0; index < first.size(); index++) {
            Tensor one = first.get(index).values();
            Tensor other = second.get(index).values();
            if (!one.shape().equals(other.shape())
                    || one.segment().mismatch(other.segment()) != -1) {
                return false;
            }
        }
        return true;
    }

    /** Whether the same entries are masked, once the others are known to be the same. */
    private boolean sameMasks() {
        return maskConstant == null
                || x2 == null
                || IntStream.range(0, x1.size())
                        .allMatch(index -> sameElements(x1.get(index), x2.get(index)));
    }

    private static boolean sameGraphs(KernelOptions options) {
        Tensor pattern1 = options.pattern1OrNull();
        Tensor pattern2 = options.pattern2OrNull();
        return pattern1 == pattern2
                || (pattern1 != null && pattern2 != null && sameElements(pattern1, pattern2));
    }

    private static boolean sameElements(Tensor one, Tensor other) {
        return one.shape().equals(other.shape()) && Arrays.equals(one.toArray(), other.toArray());
    }

    /**
     * The covariances of inputs of these shapes, as they enter a network.
     *
     * @throws InputException when no kernel can be made of such inputs
     */
    static List<Propagation> propagations(
            List<InputAxes> axes, List<Shape> shapes1, @Nullable List<Shape> shapes2) {
        int inputs = shapes1.size();
        if (shapes2 != null && shapes2.size() != inputs) {
            throw new InputException(
                    "x1 has "
                            + inputs
                            + " inputs and x2 has "
                            + shapes2.size()
                            + ": give as many of both.");
        }
        var graph = new CovarianceProgram.Builder();
        List<Propagation> propagations = new ArrayList<>();
        for (int index = 0; index < inputs; index++) {
            Shape shape2 = shapes2 == null ? null : shapes2.get(index);
            InputBatches.check(label(inputs, index), axes.get(index), shapes1.get(index), shape2);
            requireExamples(axes, shapes1, index);
            propagations.add(
                    propagation(graph, axes.get(index), index, shapes1.get(index), shape2));
        }
        return propagations;
    }

    /** Refuses an input that has another number of examples than the first. */
    private static void requireExamples(List<InputAxes> axes, List<Shape> shapes, int index) {
        long wanted = shapes.getFirst().extent(axes.getFirst().batch());
        long found = shapes.get(index).extent(axes.get(index).batch());
        if (found != wanted) {
            throw new InputException(
                    "x1[0] has "
                            + wanted
                            + " examples and x1["
                            + index
                            + "] has "
                            + found
                            + ": all inputs of a network are of the same examples.");
        }
    }

    private static Propagation propagation(
            CovarianceProgram.Builder graph,
            InputAxes axes,
            int index,
            Shape shape1,
            @Nullable Shape shape2) {
        return new Propagation(
                graph,
                graph.add(input(axes, index, shape1)),
                Propagation.Activations.ofInput(
                        new Propagation.Layout(
                                shape1,
                                shape2 == null ? shape1 : shape2,
                                axes.batchIn(shape1),
                                axes.channelIn(shape1),
                                axes.channel() != null)));
    }

    /**
     * The covariances of these inputs, with their masks and graphs, as they enter a network.
     *
     * @throws InputException when no kernel can be made of such inputs
     */
    static List<Propagation> propagations(
            List<InputAxes> axes,
            List<Tensor> x1,
            @Nullable List<Tensor> x2,
            KernelOptions options) {
        List<Propagation> plain = propagations(axes, shapes(x1), x2 == null ? null : shapes(x2));
        if (x2 == null && !sameGraphs(options)) {
            throw new InputException(
                    "The graphs of the two batches differ, but there is no x2: give the same graphs"
                            + " twice, or x1 again as x2.");
        }
        Tensor pattern1 = options.pattern1OrNull();
        Tensor pattern2 = x2 == null ? pattern1 : options.pattern2OrNull();
        Double constant = options.maskConstantOrNull();
        List<Propagation> inputs = new ArrayList<>();
        for (int index = 0; index < x1.size(); index++) {
            Propagation input = plain.get(index).withPatterns(pattern1, pattern2);
            if (constant != null) {
                Mask mask1 = mask(axes.get(index), x1.get(index), constant);
                Mask mask2 = x2 == null ? mask1 : mask(axes.get(index), x2.get(index), constant);
                input = input.withMasks(mask1, mask2);
            }
            inputs.add(input);
        }
        return inputs;
    }

    private static List<Shape> shapes(List<Tensor> arrays) {
        return arrays.stream().map(Tensor::shape).toList();
    }

    private static Mask mask(InputAxes axes, Tensor x, double constant) {
        return Mask.of(InputBatches.ordered(axes, x), constant, axes.channel() == null);
    }

    private static CovarianceOp input(InputAxes axes, int index, Shape shape) {
        Extents positions = axes.channel() == null ? Extents.NONE : axes.spatialIn(shape);
        long features = shape.size() / shape.extent(axes.batchIn(shape)) / positions.positions();
        if (features > Integer.MAX_VALUE) {
            throw new InputException(
                    "An input of shape "
                            + shape
                            + " has "
                            + features
                            + " features per position; at most "
                            + Integer.MAX_VALUE
                            + " are possible.");
        }
        return new CovarianceOp.Input(index, positions, (int) features);
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public boolean areSame() {
        return same;
    }

    @Override
    public boolean hasSecond() {
        return second != null;
    }

    @Override
    public Sources pairs() {
        return Sources.of(first, same ? null : second);
    }

    @Override
    public Sources batches() {
        return Sources.of(first, second);
    }

    @Override
    public Stream<Tensor> tensors() {
        return Stream.concat(x1.stream(), Stream.ofNullable(x2).flatMap(List::stream));
    }

    @Override
    public void close() {
        copies.close();
    }
}
