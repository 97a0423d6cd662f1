package dev.jtangents.layers;

import dev.jtangents.graph.Extents;
import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.LongStream;

/** A layer of the caller's for finite networks as one of ours. */
final class CustomFinite extends FiniteOnly {
    private final FiniteLayer layer;

    CustomFinite(FiniteLayer layer) {
        this.layer = layer;
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return Optional.of(InputAxes.DEFAULT);
    }

    @Override
    Shape outputShapeOf(Shape input) {
        var program = new FiniteBuilder();
        Value out = append(program, program.input(input.without(0)));
        return batched(input.extent(0), out.shape());
    }

    private static Shape batched(long examples, Shape example) {
        return Shape.of(
                LongStream.concat(LongStream.of(examples), LongStream.of(example.extents()))
                        .toArray());
    }

    private Value append(FiniteBuilder program, Value x) {
        return append(layer, program, x);
    }

    /** What a layer of the caller's makes of an example. */
    static Value append(FiniteLayer layer, FiniteBuilder program, Value x) {
        List<Value> weights =
                layer.weights(x.shape()).stream()
                        .map(array -> program.parameter(array.shape()))
                        .toList();
        return layer.append(program, x, weights);
    }

    @Override
    String alternative() {
        return "give it one as a CustomLayer";
    }

    @Override
    Parameters initialize(SplittableGenerator random, Shape input, DType dtype) {
        return initialize(layer, random, input, dtype);
    }

    /** Draws the parameters of a layer of the caller's. */
    static Parameters initialize(
            FiniteLayer layer, SplittableGenerator random, Shape input, DType dtype) {
        List<Parameters> arrays = new ArrayList<>();
        for (FiniteLayer.Weights array : layer.weights(input.without(0))) {
            arrays.add(Normal.array(random.split(), array.shape(), array.deviation(), dtype));
        }
        return new Parameters.Group(arrays);
    }

    @Override
    int outputChannelAxis(Shape input, int channelAxis) {
        return outputShapeOf(input).rank() - 1;
    }

    /** Nothing is masked of activations that the layer takes. */
    @Override
    Mask outputMask(Mask mask, Shape input, int channelAxis) {
        Extents output = InputAxes.DEFAULT.spatialIn(outputShapeOf(input));
        return Mask.none(mask.examples(), output.positions());
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        requireUnmasked(x);
        Value out = append(network.program(), x.value());
        return x.with(out, batched(x.examples(), out.shape()));
    }

    @Override
    LayerText.Leaf text() {
        return LayerText.Leaf.of(layer.name(), "layer", layer);
    }
}
