package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.CovarianceProgram;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.PerExample;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The covariances of a network's activations on their way through its layers, described rather than
 * computed. Layers turn one into the next by appending to a program that all branches share.
 *
 * <p>The spatial axes of the node are the axes of the shapes that are neither batch nor channel, in
 * their order.
 *
 * @param graph the program under construction
 * @param node the number of the node with these covariances
 * @param activations what is known of the activations
 */
record Propagation(CovarianceProgram.Builder graph, int node, Activations activations) {
    /**
     * What is known of a network's activations.
     *
     * @param layout their shapes
     * @param gaussian whether activations are Gaussian, independent over channels, given the input
     * @param parametric whether a layer with parameters has been met, so that there is an NTK
     * @param masks what is masked of both batches
     * @param patterns the graphs of both batches
     */
    record Activations(
            Layout layout, boolean gaussian, boolean parametric, Masks masks, Patterns patterns) {
        /** Activations of inputs, of which nothing is masked and no graphs are known. */
        static Activations ofInput(Layout layout) {
            return new Activations(
                    layout, false, false, new Masks(null, null), new Patterns(null, null));
        }
    }

    /**
     * The shapes of both batches' activations.
     *
     * @param shape1 the shape that the first batch's activations would have at finite width
     * @param shape2 the same for the second batch
     * @param batchAxis the axis of examples in these shapes, from 0
     * @param channelAxis the axis of channels in these shapes, from 0
     * @param positional whether the positions of an example are apart; else they count as channels,
     *     as in a network that begins with Flatten
     */
    record Layout(Shape shape1, Shape shape2, int batchAxis, int channelAxis, boolean positional) {}

    /** What is masked of each batch, or null when nothing is. */
    record Masks(@Nullable Mask first, @Nullable Mask second) {}

    /** The graphs of each batch that Aggregate sums over, or null. */
    record Patterns(@Nullable Tensor first, @Nullable Tensor second) {}

    private Layout layout() {
        return activations.layout();
    }

    Shape shape1() {
        return layout().shape1();
    }

    Shape shape2() {
        return layout().shape2();
    }

    int batchAxis() {
        return layout().batchAxis();
    }

    int channelAxis() {
        return layout().channelAxis();
    }

    boolean positional() {
        return layout().positional();
    }

    boolean gaussian() {
        return activations.gaussian();
    }

    boolean parametric() {
        return activations.parametric();
    }

    @Nullable Mask mask1() {
        return activations.masks().first();
    }

    @Nullable Mask mask2() {
        return activations.masks().second();
    }

    /** The spatial extents of the covariances. */
    Extents extents() {
        return graph.extents(node);
    }

    /** The axes of the shapes that are spatial, in order; those of the node. */
    List<Integer> spatialAxes() {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < shape1().rank(); axis++) {
            if (axis != batchAxis() && axis != channelAxis()) {
                axes.add(axis);
            }
        }
        return axes;
    }

    /** One more operation on these covariances. */
    Propagation then(CovarianceOp op) {
        return at(graph.add(op, node));
    }

    /** The same activations with the covariances of another node. */
    Propagation at(int other) {
        return new Propagation(graph, other, activations);
    }

    Propagation withGaussian(boolean value) {
        return with(layout(), value, parametric(), activations.masks());
    }

    Propagation withParameters() {
        return with(layout(), gaussian(), true, activations.masks());
    }

    Propagation withShapes(UnaryOperator<Shape> rule) {
        return withShapes(rule.apply(shape1()), rule.apply(shape2()));
    }

    Propagation withShapes(Shape first, Shape second) {
        var changed = new Layout(first, second, batchAxis(), channelAxis(), positional());
        return with(changed, gaussian(), parametric(), activations.masks());
    }

    /** The same with the batch and channels at other axes of the shapes. */
    Propagation withAxes(int batch, int channel) {
        var changed = new Layout(shape1(), shape2(), batch, channel, true);
        return with(changed, gaussian(), parametric(), activations.masks());
    }

    /** The same with other masks. */
    Propagation withMasks(@Nullable Mask first, @Nullable Mask second) {
        return with(layout(), gaussian(), parametric(), new Masks(first, second));
    }

    private Propagation with(Layout layout, boolean gaussian, boolean parametric, Masks masks) {
        var changed = new Activations(layout, gaussian, parametric, masks, activations.patterns());
        return new Propagation(graph, node, changed);
    }

    /** The same with masks changed by a rule, where there are masks. */
    Propagation mapMasks(UnaryOperator<Mask> rule) {
        Mask first = mask1();
        Mask second = mask2();
        if (first == null || second == null) {
            return this;
        }
        Mask changed = rule.apply(first);
        return withMasks(changed, second == first ? changed : rule.apply(second));
    }

    /** Sets what is masked to 0 again, as after a layer that makes something of nothing. */
    Propagation remasked() {
        PerExample present = present();
        return (present == null ? this : then(new CovarianceOp.Scaling(present)))
                .mapMasks(Mask::perPosition);
    }

    /** 1 for each position of each example, 0 where it is masked, or null when none is. */
    @Nullable PerExample present() {
        Mask first = mask1();
        Mask second = mask2();
        boolean any = first != null && second != null && (first.any() || second.any());
        return any ? perExample(mask -> mask.perPosition().values(0, 1)) : null;
    }

    /** Other examples, each a linear combination of those of its batch. */
    Propagation mapExamples(SparseMatrix first, SparseMatrix second) {
        Mask mask1 = mask1();
        Mask mask2 = mask2();
        return then(new CovarianceOp.ExampleMap(first, second))
                .withMasks(
                        mask1 == null ? null : mask1.mappedExamples(first),
                        mask2 == null ? null : mask2.mappedExamples(second));
    }

    /** Numbers of each example, made of its mask; only where there are masks. */
    PerExample perExample(Function<Mask, double[]> rule) {
        Mask first = Objects.requireNonNull(mask1());
        Mask second = Objects.requireNonNull(mask2());
        double[] values = rule.apply(first);
        return new PerExample(
                values.length / first.examples(),
                values,
                second == first ? values : rule.apply(second));
    }

    /** The same with the graphs that Aggregate sums over. */
    Propagation withPatterns(@Nullable Tensor first, @Nullable Tensor second) {
        var changed =
                new Activations(
                        layout(),
                        gaussian(),
                        parametric(),
                        activations.masks(),
                        new Patterns(first, second));
        return new Propagation(graph, node, changed);
    }

    /** The channels of the activations. */
    long channels() {
        return shape1().extent(channelAxis());
    }

    /**
     * Refuses a layer that reads other axes as batch and channels than the covariances were made
     * with.
     */
    void requireAxes(String layer, InputAxes axes) {
        requireAxes(layer, axes.batch(), axes.channelIn(shape1()));
    }

    /** The same, of axes counted from either end. */
    void requireAxes(String layer, int batch, int channel) {
        if (shape1().axis(batch) != batchAxis() || shape1().axis(channel) != channelAxis()) {
            throw new InputException(
                    layer
                            + " reads axis "
                            + batch
                            + " as batch and axis "
                            + channel
                            + " as channels, but activations of shape "
                            + shape1()
                            + " have them at axes "
                            + batchAxis()
                            + " and "
                            + channelAxis()
                            + ": give every layer the same batch_axis and channel_axis.");
        }
    }

    /** Refuses a nonlinearity whose input is not Gaussian. */
    void requireGaussian(String layer) {
        if (!gaussian()) {
            throw new InputException(
                    "The input of "
                            + layer
                            + " is not Gaussian: put a layer with random weights,"
                            + " such as Dense, before it.");
        }
    }
}
