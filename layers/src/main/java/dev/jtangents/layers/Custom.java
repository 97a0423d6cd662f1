package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.Extents;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.Optional;
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
                                    .mapMasks(Mask::overChannels)
                                    .remasked();
                    case CustomLayer.Effect.Positions positions -> mapped(positions, in);
                };
        return out.withShapes(this::outputShapeOf).withAxes(0, output.rank() - 1);
    }

    private Propagation mapped(CustomLayer.Effect.Positions positions, Propagation in) {
        if (positions.matrix().columns() != in.extents().positions()) {
            throw new InputException(
                    layer.name()
                            + " maps "
                            + positions.matrix().columns()
                            + " positions, but its input has "
                            + in.extents()
                            + ".");
        }
        return in.then(new CovarianceOp.PositionMap(positions.matrix(), positions.output()))
                .mapMasks(mask -> mask.mapped(positions.matrix()));
    }

    @Override
    LayerText.Leaf text() {
        return LayerText.Leaf.of(layer.name(), "layer", layer);
    }
}
