package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes some positions, and some examples, by a NumPy index; covariances are those of what stays.
 */
public final class Index extends Layer {
    static final LayerType TYPE =
            new LayerType(
                    "Index",
                    List.of("idx", "batch_axis", "channel_axis"),
                    arguments ->
                            arguments.located(
                                    () ->
                                            new Index(
                                                    arguments.text("idx"),
                                                    InputAxes.of(arguments))));

    private final String written;
    private final IndexText index;
    private final InputAxes axes;

    private Index(String written, InputAxes axes) {
        this.written = written;
        this.index = IndexText.parse(written);
        this.axes = axes;
    }

    static Index of(String index) {
        return new Index(index, InputAxes.DEFAULT);
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public Index axes(int batchAxis, int channelAxis) {
        return new Index(written, new InputAxes(batchAxis, channelAxis));
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        List<IndexText.Part> parts = index.partsFor(input);
        if (!parts.get(axes.channelIn(input)).equals(IndexText.ALL)) {
            throw refusal(input, "is not \":\" of the channels, of which all are needed");
        }
        if (parts.get(axes.batchIn(input)) instanceof IndexText.Part.Single) {
            throw refusal(input, "takes one example; write a slice, for instance 0:1");
        }
        return Shape.of(
                IntStream.range(0, input.rank())
                        .filter(axis -> !(parts.get(axis) instanceof IndexText.Part.Single))
                        .mapToLong(axis -> selected(parts, input, axis).length)
                        .toArray());
    }

    private InputException refusal(Shape input, String reason) {
        return new InputException(
                "The index \""
                        + written
                        + "\" of activations of shape "
                        + input
                        + " "
                        + reason
                        + ": batch_axis is "
                        + axes.batch()
                        + " and channel_axis "
                        + axes.channel()
                        + ".");
    }

    private static int[] selected(List<IndexText.Part> parts, Shape input, int axis) {
        return IndexText.selected(parts.get(axis), input.extent(axis), axis);
    }

    private static SparseMatrix selection(List<IndexText.Part> parts, Shape input, int axis) {
        return SparseMatrix.selection(
                selected(parts, input, axis), Math.toIntExact(input.extent(axis)));
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireAxes("Index", axes);
        Shape output = outputShapeOf(in.shape1());
        Shape output2 = outputShapeOf(in.shape2());
        List<IndexText.Part> parts = index.partsFor(in.shape1());
        int batch = in.batchAxis();
        List<Integer> sizes =
                spatialAxes(in.shape1())
                        .filter(axis -> !(parts.get(axis) instanceof IndexText.Part.Single))
                        .mapToObj(axis -> selected(parts, in.shape1(), axis).length)
                        .toList();
        Propagation positions =
                in.then(new CovarianceOp.PositionMap(positionMap(in.shape1()), new Extents(sizes)))
                        .mapMasks(mask -> outputMask(mask, in));
        Propagation examples =
                isAll(parts, in.shape1(), batch) && isAll(parts, in.shape2(), batch)
                        ? positions
                        : positions.mapExamples(
                                selection(parts, in.shape1(), batch),
                                selection(parts, in.shape2(), batch));
        return examples.withShapes(output, output2)
                .withAxes(shifted(parts, batch), outputChannelAxis(in.shape1(), in.channelAxis()));
    }

    private IntStream spatialAxes(Shape input) {
        return IntStream.range(0, input.rank())
                .filter(axis -> axis != axes.batchIn(input) && axis != axes.channelIn(input));
    }

    private SparseMatrix positionMap(Shape input) {
        List<IndexText.Part> parts = index.partsFor(input);
        return PositionMaps.product(
                spatialAxes(input).mapToObj(axis -> selection(parts, input, axis)).toList());
    }

    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        return mask.mapped(positionMap(input));
    }

    @Override
    int outputChannelAxis(Shape input, int channelAxis) {
        return shifted(index.partsFor(input), channelAxis);
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        Shape input = x.shape();
        Shape output = outputShapeOf(input);
        List<IndexText.Part> parts = index.partsFor(input);
        if (!isAll(parts, input, x.batchAxis())) {
            throw refusal(
                    input,
                    "takes some of the examples, but a finite network sees one example at a time;"
                            + " write \":\" for the batch, and take the examples from its output");
        }
        Value taken = x.value();
        for (int axis : spatialAxes(input).toArray()) {
            if (!isAll(parts, input, axis)) {
                SparseMatrix map = selection(parts, input, axis);
                taken = network.program().along(taken, x.valueAxis(axis), map);
            }
        }
        int batch = shifted(parts, x.batchAxis());
        Value shaped = network.program().reshape(taken, output.without(batch));
        return new Signal(shaped, output, batch, null);
    }

    private static boolean isAll(List<IndexText.Part> parts, Shape shape, int axis) {
        return IndexText.isAll(parts.get(axis), shape.extent(axis));
    }

    /** The number of an axis once others have vanished. */
    private static int shifted(List<IndexText.Part> parts, int axis) {
        long before =
                parts.subList(0, axis).stream()
                        .filter(part -> part instanceof IndexText.Part.Single)
                        .count();
        return axis - Math.toIntExact(before);
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(LayerText.Leaf.of("Index", "idx", written));
    }
}
