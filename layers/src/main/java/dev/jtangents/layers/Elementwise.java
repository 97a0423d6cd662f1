package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.function.DoubleUnaryOperator;

/** A nonlinearity that acts on each activation alone: a function, and its map of covariances. */
final class Elementwise extends Layer {
    private final LayerText.Leaf text;
    private final BivariateMap map;
    private final ScalarFunction function;

    Elementwise(LayerText.Leaf text, BivariateMap map, ScalarFunction function) {
        this.text = text;
        this.map = map;
        this.function = function;
    }

    /** A kernel that no known function has: the network has only its infinite side. */
    static Elementwise withoutFunction(LayerText.Leaf text, BivariateMap map) {
        DoubleUnaryOperator refusal =
                x -> {
                    throw new InputException(
                            text.name()
                                    + " is given by its kernel alone: there is no function that a"
                                    + " finite network could apply.");
                };
        return new Elementwise(text, map, ScalarFunction.withoutDerivative(text.name(), refusal));
    }

    @Override
    Shape outputShapeOf(Shape input) {
        return input;
    }

    @Override
    Propagation propagate(Propagation in) {
        return nonlinearity(text.name(), map, in);
    }

    /** What a nonlinearity does to covariances. */
    static Propagation nonlinearity(String name, BivariateMap map, Propagation in) {
        in.requireGaussian(name);
        Propagation out = in.then(new CovarianceOp.Nonlinearity(map)).withGaussian(false);
        boolean keepsZero = map.variance(0) == 0;
        return keepsZero ? out : out.remasked();
    }

    @Override
    Signal append(FiniteNetwork network, Signal x) {
        return x.with(network.program().map(x.value(), function));
    }

    @Override
    LayerText.Leaf text() {
        return text;
    }
}
