package dev.jtangents.layers;

import dev.jtangents.tensor.Shape;

import java.util.List;

/** The layer that changes nothing. */
final class Identity extends Layer {
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
    Signal append(FiniteNetwork network, Signal x) {
        return x;
    }

    @Override
    LayerText.Leaf text() {
        return LayerText.Leaf.of("Identity");
    }
}
