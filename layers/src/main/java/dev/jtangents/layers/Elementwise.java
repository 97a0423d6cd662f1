package dev.jtangents.layers;

import dev.jtangents.graph.CovarianceOp;
import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.List;
import java.util.random.RandomGenerator.SplittableGenerator;

/** A nonlinearity that acts on each activation alone: a function, and its map of covariances. */
final class Elementwise extends Network {
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
        return new Elementwise(
                text,
                map,
                x -> {
                    throw new InputException(
                            text.name()
                                    + " is given by its kernel alone: there is no function that a"
                                    + " finite network could apply.");
                });
    }

    @Override
    Shape outputShapeOf(Shape input) {
        return input;
    }

    @Override
    Propagation propagate(Propagation in) {
        in.requireGaussian(text.name());
        return in.then(new CovarianceOp.Nonlinearity(map)).withGaussian(false);
    }

    @Override
    Parameters initialize(SplittableGenerator random, Shape input, DType dtype) {
        return new Parameters.Group(List.of());
    }

    @Override
    int append(FiniteProgram.Builder program, int x) {
        return program.map(x, function);
    }

    @Override
    LayerText text() {
        return text;
    }
}
