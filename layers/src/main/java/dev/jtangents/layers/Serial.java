package dev.jtangents.layers;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator.SplittableGenerator;

/** Layers one after another. */
final class Serial extends Network {
    private final List<Network> layers;

    Serial(List<Network> layers) {
        this.layers = List.copyOf(layers);
    }

    @Override
    Optional<Tree<Network>> readers() {
        return layers.stream().map(Network::readers).flatMap(Optional::stream).findFirst();
    }

    @Override
    Tree<Set<Integer>> follow(Tree<Set<Integer>> inputs, BiConsumer<Integer, InputAxes> listener) {
        Tree<Set<Integer>> unread = inputs;
        for (Network layer : layers) {
            unread = layer.follow(unread, listener);
        }
        return unread;
    }

    @Override
    Tree<Shape> outputShapesOf(Tree<Shape> input) {
        Tree<Shape> shapes = input;
        for (Network layer : layers) {
            shapes = layer.outputShapesOf(shapes);
        }
        return shapes;
    }

    @Override
    Tree<Propagation> propagate(Tree<Propagation> in) {
        Tree<Propagation> propagation = in;
        for (Network layer : layers) {
            propagation = layer.propagate(propagation);
        }
        return propagation;
    }

    @Override
    Parameters initialize(SplittableGenerator random, Tree<Shape> input, DType dtype) {
        List<Parameters> parts = new ArrayList<>();
        try {
            Tree<Shape> shapes = input;
            for (Network layer : layers) {
                parts.add(layer.initialize(random.split(), shapes, dtype));
                shapes = layer.outputShapesOf(shapes);
            }
            return new Parameters.Group(parts);
        } catch (RuntimeException | Error failure) {
            parts.forEach(Parameters::close);
            throw failure;
        }
    }

    @Override
    Tree<Signal> append(FiniteNetwork network, Tree<Signal> x) {
        Tree<Signal> value = x;
        for (Network layer : layers) {
            value = layer.append(network, value);
        }
        return value;
    }

    @Override
    LayerText text() {
        return new LayerText.Sequence(layers.stream().map(Network::text).toList());
    }
}
