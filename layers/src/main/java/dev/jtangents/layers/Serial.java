package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator.SplittableGenerator;

/** Layers one after another. */
final class Serial extends Network {
    private final List<Network> layers;

    Serial(List<Network> layers) {
        this.layers = List.copyOf(layers);
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return layers.stream().map(Network::inputAxes).flatMap(Optional::stream).findFirst();
    }

    @Override
    Shape outputShapeOf(Shape input) {
        Shape shape = input;
        for (Network layer : layers) {
            shape = layer.outputShapeOf(shape);
        }
        return shape;
    }

    @Override
    Propagation propagate(Propagation in) {
        Propagation propagation = in;
        for (Network layer : layers) {
            propagation = layer.propagate(propagation);
        }
        return propagation;
    }

    @Override
    Parameters initialize(SplittableGenerator random, Shape input, DType dtype) {
        List<Parameters> parts = new ArrayList<>();
        try {
            Shape shape = input;
            for (Network layer : layers) {
                parts.add(layer.initialize(random.split(), shape, dtype));
                shape = layer.outputShapeOf(shape);
            }
            return new Parameters.Group(parts);
        } catch (RuntimeException | Error failure) {
            parts.forEach(Parameters::close);
            throw failure;
        }
    }

    @Override
    int append(FiniteProgram.Builder program, int x) {
        int value = x;
        for (Network layer : layers) {
            value = layer.append(program, value);
        }
        return value;
    }

    @Override
    LayerText text() {
        return new LayerText.Sequence(layers.stream().map(Network::text).toList());
    }
}
