package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import java.util.Collections;
import java.util.Optional;
import java.util.random.RandomGenerator.SplittableGenerator;

/** One layer a number of times, each time with parameters of its own. */
final class Repeat extends Network {
    private final Network layer;
    private final int times;
    private final Serial unrolled;

    Repeat(Network layer, int times) {
        this.layer = layer;
        this.times = Checks.nonNegativeInteger("n of repeat", times);
        if (times > Model.MOST_LAYERS) {
            throw new InputException(
                    "n of repeat is " + times + "; at most " + Model.MOST_LAYERS + " is possible.");
        }
        this.unrolled = new Serial(Collections.nCopies(times, layer));
    }

    @Override
    Optional<InputAxes> inputAxes() {
        return times == 0 ? Optional.empty() : layer.inputAxes();
    }

    @Override
    Shape outputShapeOf(Shape input) {
        Shape shape = unrolled.outputShapeOf(input);
        if (times > 1 && !layer.outputShapeOf(shape).equals(shape)) {
            throw new InputException(
                    "A repeated layer must keep the shape of its input once it has run; this one"
                            + " turns "
                            + shape
                            + " into "
                            + layer.outputShapeOf(shape)
                            + ".");
        }
        return shape;
    }

    @Override
    Propagation propagate(Propagation in) {
        return unrolled.propagate(in);
    }

    @Override
    Parameters initialize(SplittableGenerator random, Shape input, DType dtype) {
        return unrolled.initialize(random, input, dtype);
    }

    @Override
    int append(FiniteProgram.Builder program, int x) {
        return unrolled.append(program, x);
    }

    @Override
    LayerText text() {
        return new LayerText.Repetition(layer.text(), times);
    }
}
