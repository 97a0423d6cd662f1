package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.random.RandomGenerator.SplittableGenerator;

/** The layer that changes nothing. */
final class Identity extends Network {
    static final LayerType TYPE = new LayerType("Identity", List.of(), a -> new Identity());

    @Override
    Shape outputShapeOf(Shape input) {
        return input;
    }

    @Override
    Propagation propagate(Propagation in) {
        return in;
    }

    @Override
    Parameters initialize(SplittableGenerator random, Shape input, DType dtype) {
        return new Parameters.Group(List.of());
    }

    @Override
    int append(FiniteProgram.Builder program, int x) {
        return x;
    }

    @Override
    LayerText text() {
        return LayerText.Leaf.of("Identity");
    }
}
