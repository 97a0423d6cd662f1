package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.graph.SparseMatrix;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.LongStream;

/** A layer of the caller's as one of ours. */
final class Custom extends Layer {
    private final CustomLayer layer;

    Custom(CustomLayer layer) {
        this.layer = layer;
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(InputAxes.DEFAULT);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        Extents positions = InputAxes.DEFAULT.spatialIn(input);
        Extents output =
                layer.effect(positions)
                                instanceof CustomLayer.Effect.Positions(var matrix, Extents changed)
                        ? changed
                        : positions;
        return Shape.of(
                LongStream.concat(
                                LongStream.concat(
                                        LongStream.of(input.extent(0)),
                                        output.sizes().stream().mapToLong(Integer::longValue)),
                                LongStream.of(layer.channels(input.extent(-1))))
                        .toArray());
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireAxes(layer.name(), InputAxes.DEFAULT);
        Shape output = outputShapeOf(in.shape1());
        Propagation out =
                switch (layer.effect(in.extents())) {
                    case CustomLayer.Effect.Elementwise(var map) ->
                            Elementwise.nonlinearity(layer.name(), map, in);
                    case CustomLayer.Effect.Affine(var step) ->
                            in.then(new CovarianceOp.Affine(step))
                                    .withGaussian(true)
                                    .withParameters()
                                    .mapMasks(mask -> outputMask(mask, in))
                                    .remasked();
                    case CustomLayer.Effect.Positions positions ->
                            in.then(
                                            new CovarianceOp.PositionMap(
                                                    matrix(positions, in.extents()),
                                                    positions.output()))
                                    .mapMasks(mask -> outputMask(mask, in));
                };
        return out.withShapes(this::outputShapeOf).withAxes(0, output.rank() - 1);
    }

    private SparseMatrix matrix(CustomLayer.Effect.Positions positions, Extents input) {
        if (positions.matrix().columns() != input.positions()) {
            throw new InputException(
                    layer.name()
                            + " maps "
                            + positions.matrix().columns()
                            + " positions, but its input has "
                            + input
                            + ".");
        }
        return positions.matrix();
    }

    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        return switch (layer.effect(InputAxes.DEFAULT.spatialIn(input))) {
            case CustomLayer.Effect.Elementwise elementwise -> mask;
            case CustomLayer.Effect.Affine affine -> mask.overChannels();
            case CustomLayer.Effect.Positions positions -> mask.mapped(positions.matrix());
        };
    }

    @Override
    int outputChannelAxis(Shape input, int channelAxis) {
        return outputShapeOf(input).rank() - 1;
    }

    @Override
    Parameters initialize(SplittableGenerator random, Shape input, DType dtype) {
        return layer.finite()
                .map(finite -> CustomFinite.initialize(finite, random, input, dtype))
                .orElseGet(() -> new Parameters.Group(List.of()));
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        FiniteBuilder program = network.program();
        Shape output = outputShapeOf(x.shape());
        Extents extents = InputAxes.DEFAULT.spatialIn(x.shape());
        Value made;
        if (layer.finite().isPresent()) {
            made = CustomFinite.append(layer.finite().get(), program, x.value());
        } else if (layer.effect(extents) instanceof CustomLayer.Effect.Positions positions) {
            Value rows = PositionRows.of(program, x.value(), x.value().shape().rank() - 1);
            Value mapped = program.along(rows, 0, matrix(positions, extents));
            made = program.reshape(mapped, output.without(0));
        } else {
            throw new InputException(
                    layer.name()
                            + " is given by its kernel alone: let CustomLayer.finite() say what it"
                            + " does at finite width.");
        }
        if (!made.shape().equals(output.without(0))) {
            throw new InputException(
                    layer.name()
                            + " makes an array of shape "
                            + made.shape()
                            + " of an example at finite width, but its kernel is of "
                            + output.without(0)
                            + ".");
        }
        return x.with(made, output);
    }

    @Override
    LayerText.Leaf text() {
        return LayerText.Leaf.of(layer.name(), "layer", layer);
    }
}
