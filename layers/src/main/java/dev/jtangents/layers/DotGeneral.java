package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/**
 * Contracts activations with a constant tensor, as {@code jax.lax.dot_general} does: A is the
 * constant, as a map of positions, then {@code q' = A q Aᵀ}, and the same of the NTK.
 *
 * <p>The output has the axes that both share (batched), then those of the left factor that are
 * left, then those of the right one. When the batch is contracted, the one axis that is left of the
 * constant counts the new examples.
 */
public final class DotGeneral extends Layer {
    static final LayerType TYPE =
            new LayerType(
                    "DotGeneral",
                    List.of("lhs", "rhs", "dimension_numbers", "batch_axis", "channel_axis"),
                    arguments -> arguments.located(() -> of(arguments)));

    private final @Nullable ConstantTensor constant;
    private final boolean onTheLeft;
    private final DotDimensions dimensions;
    private final InputAxes axes;

    private DotGeneral(
            @Nullable ConstantTensor constant,
            boolean onTheLeft,
            DotDimensions dimensions,
            InputAxes axes) {
        this.constant = constant;
        this.onTheLeft = onTheLeft;
        this.dimensions = dimensions;
        this.axes = axes;
    }

    private static DotGeneral of(Arguments arguments) {
        ConstantTensor lhs = arguments.optionalConstant("lhs");
        ConstantTensor rhs = arguments.optionalConstant("rhs");
        if (lhs != null && rhs != null) {
            throw new InputException(
                    "DotGeneral has both lhs and rhs; one of them is the activations: give the"
                            + " other.");
        }
        return new DotGeneral(
                lhs != null ? lhs : rhs,
                lhs != null,
                DotDimensions.of(arguments.pairsOfPairs("dimension_numbers")),
                InputAxes.of(arguments));
    }

    static DotGeneral of(Tensor constant) {
        return new DotGeneral(
                ConstantTensor.of(constant), false, DotDimensions.NONE, InputAxes.DEFAULT);
    }

    static DotGeneral of(double factor) {
        return new DotGeneral(
                new ConstantTensor(Shape.of(), new double[] {factor}),
                false,
                DotDimensions.NONE,
                InputAxes.DEFAULT);
    }

    /** The same layer with the constant on the left; by default it is on the right. */
    public DotGeneral onTheLeft() {
        return new DotGeneral(constant, true, dimensions, axes);
    }

    /** The same layer summing over axes of the left factor and as many of the right one. */
    public DotGeneral contracting(List<Integer> left, List<Integer> right) {
        return new DotGeneral(constant, onTheLeft, dimensions.contracting(left, right), axes);
    }

    /** The same layer with axes of the left factor shared with as many of the right one. */
    public DotGeneral batched(List<Integer> left, List<Integer> right) {
        return new DotGeneral(constant, onTheLeft, dimensions.batched(left, right), axes);
    }

    /** The same layer reading other axes; the default is batch 0 and channel -1. */
    public DotGeneral axes(int batchAxis, int channelAxis) {
        return new DotGeneral(
                constant, onTheLeft, dimensions, new InputAxes(batchAxis, channelAxis));
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(axes);
    }

    private DotPlan plan(ConstantTensor factor, Shape input) {
        return DotPlan.of(
                factor, onTheLeft, dimensions, input, axes.batchIn(input), axes.channelIn(input));
    }

    @Override
    Shape outputShapeOf(Shape input) {
        return constant == null ? input : plan(constant, input).outputShape();
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireAxes("DotGeneral", axes);
        if (constant == null) {
            return in;
        }
        if (constant.shape().rank() == 0) {
            double square = constant.values()[0] * constant.values()[0];
            return in.then(new CovarianceOp.Affine(new AffineStep(square, 0, square, 0, 0)));
        }
        DotPlan first = plan(constant, in.shape1());
        DotPlan second = plan(constant, in.shape2());
        Propagation mapped =
                first.contractsBatch()
                        ? in.mapExamples(first.exampleMap(), second.exampleMap())
                        : in.then(first.operation(second)).mapMasks(mask -> outputMask(mask, in));
        return mapped.withShapes(first.outputShape(), second.outputShape())
                .withAxes(first.outputBatchAxis(), first.outputChannelAxis());
    }

    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        return constant == null ? mask : mask.mapped(plan(constant, input).positionMaps());
    }

    @Override
    int outputChannelAxis(Shape input, int channelAxis) {
        return constant == null ? channelAxis : plan(constant, input).outputChannelAxis();
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        if (constant == null) {
            return x;
        }
        FiniteBuilder program = network.program();
        if (constant.shape().rank() == 0) {
            double factor = constant.values()[0];
            return x.with(program.sum(List.of(x.value()), List.of(factor)));
        }
        DotPlan plan = plan(constant, x.shape());
        if (plan.contractsBatch()) {
            throw new InputException(
                    "DotGeneral contracts the batch, axis "
                            + x.batchAxis()
                            + ", but a finite network sees one example at a time: multiply its"
                            + " output with the constant instead.");
        }
        int channel = x.valueAxis(axes.channelIn(x.shape()));
        Value rows = PositionRows.of(program, x.value(), channel);
        Value mapped =
                plan.isPerExample()
                        ? program.product(maps(network, plan, rows), rows, false, 1)
                        : program.along(rows, 0, plan.positionMaps().apply(0));
        var out = new Signal(mapped, plan.outputShape(), plan.outputBatchAxis(), null);
        Shape shape = out.shape().without(out.batchAxis());
        int channelOut = out.valueAxis(plan.outputChannelAxis());
        return out.with(PositionRows.back(program, mapped, shape, channelOut));
    }

    /** The map of the positions of each example as a matrix. */
    private static Value maps(FiniteNetwork network, DotPlan plan, Value rows) {
        double[] matrices = plan.matrices();
        long old = rows.shape().extent(0);
        long examples = plan.input().extent(plan.batchAxis());
        return network.owned(Tensor.of(matrices, examples, matrices.length / examples / old, old));
    }

    @Override
    LayerText.Leaf text() {
        return axes.describedIn(
                LayerText.Leaf.of("DotGeneral")
                        .with(
                                onTheLeft ? "lhs" : "rhs",
                                constant == null ? null : constant.toTree(),
                                null)
                        .with(
                                "dimension_numbers",
                                dimensions.toTree(),
                                DotDimensions.NONE.toTree()));
    }
}
