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
     * @param shape1 the shape that the first batch's activations would have at finite width
     * @param shape2 the same for the second batch
     * @param batchAxis the axis of examples in these shapes, from 0
     * @param channelAxis the axis of channels in these shapes, from 0
     * @param positional whether the positions of an example are apart; else they count as channels,
     *     as in a network that begins with Flatten
     * @param gaussian whether activations are Gaussian, independent over channels, given the input
     * @param parametric whether a layer with parameters has been met, so that there is an NTK
     * @param mask1 what is masked of the first batch, or null when nothing is
     * @param mask2 the same for the second batch
     * @param pattern1 the graphs of the first batch that Aggregate sums over, or null
     * @param pattern2 the same for the second batch
     */
    record Activations(
            Shape shape1,
            Shape shape2,
            int batchAxis,
            int channelAxis,
            boolean positional,
            boolean gaussian,
            boolean parametric,
            @Nullable Mask mask1,
            @Nullable Mask mask2,
            @Nullable Tensor pattern1,
            @Nullable Tensor pattern2) {}

    Shape shape1() {
        return activations.shape1();
    }

    Shape shape2() {
        return activations.shape2();
    }

    int batchAxis() {
        return activations.batchAxis();
    }

    int channelAxis() {
        return activations.channelAxis();
    }

    boolean positional() {
        return activations.positional();
    }

    boolean gaussian() {
        return activations.gaussian();
    }

    boolean parametric() {
        return activations.parametric();
    }

    @Nullable Mask mask1() {
        return activations.mask1();
    }

    @Nullable Mask mask2() {
        return activations.mask2();
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
        return with(
                new Activations(
                        shape1(),
                        shape2(),
                        batchAxis(),
                        channelAxis(),
                        positional(),
                        value,
                        parametric(),
                        mask1(),
                        mask2(),
                        activations.pattern1(),
                        activations.pattern2()));
    }

    Propagation withParameters() {
        return with(
                new Activations(
                        shape1(),
                        shape2(),
                        batchAxis(),
                        channelAxis(),
                        positional(),
                        gaussian(),
                        true,
                        mask1(),
                        mask2(),
                        activations.pattern1(),
                        activations.pattern2()));
    }

    Propagation withShapes(UnaryOperator<Shape> rule) {
        return withShapes(rule.apply(shape1()), rule.apply(shape2()));
    }

    Propagation withShapes(Shape first, Shape second) {
        return with(
                new Activations(
                        first,
                        second,
                        batchAxis(),
                        channelAxis(),
                        positional(),
                        gaussian(),
                        parametric(),
                        mask1(),
                        mask2(),
                        activations.pattern1(),
                        activations.pattern2()));
    }

    /** The same with the batch and channels at other axes of the shapes. */
    Propagation withAxes(int batch, int channel) {
        return with(
                new Activations(
                        shape1(),
                        shape2(),
                        batch,
                        channel,
                        true,
                        gaussian(),
                        parametric(),
                        mask1(),
                        mask2(),
                        activations.pattern1(),
                        activations.pattern2()));
    }

    /** The same with other masks. */
    Propagation withMasks(@Nullable Mask first, @Nullable Mask second) {
        return with(
                new Activations(
                        shape1(),
                        shape2(),
                        batchAxis(),
                        channelAxis(),
                        positional(),
                        gaussian(),
                        parametric(),
                        first,
                        second,
                        activations.pattern1(),
                        activations.pattern2()));
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
        return with(
                new Activations(
                        shape1(),
                        shape2(),
                        batchAxis(),
                        channelAxis(),
                        positional(),
                        gaussian(),
                        parametric(),
                        mask1(),
                        mask2(),
                        first,
                        second));
    }

    private Propagation with(Activations changed) {
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
