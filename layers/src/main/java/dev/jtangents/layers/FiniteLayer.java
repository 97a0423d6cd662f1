package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteBuilder;
import dev.jtangents.graph.finite.Value;
import dev.jtangents.tensor.Shape;

import java.util.List;

/**
 * A layer of the caller's own for finite networks, by what it does to an example; {@link
 * Stax#finiteLayer} makes a network of it. Activations have their batch on axis 0 and their
 * channels on the last. Many threads call it at once, and always get the same for the same shape.
 */
public interface FiniteLayer {
    /**
     * An array of parameters: independent normal numbers with mean 0.
     *
     * @param deviation their standard deviation, at least 0
     */
    record Weights(Shape shape, double deviation) {
        /**
         * Checked.
         *
         * @throws dev.jtangents.tensor.InputException when the deviation is negative or not finite
         */
        public Weights {
            Checks.nonNegative("The deviation of weights", deviation);
        }
    }

    /** The name for people. */
    String name();

    /**
     * The parameters, by default none.
     *
     * @param input the shape of an example of the input, without a batch axis
     */
    default List<Weights> weights(Shape input) {
        return List.of();
    }

    /**
     * Appends the layer to a finite program. It takes all that it needs from the arguments and adds
     * no inputs or parameters to the program.
     *
     * @param x an example, without a batch axis
     * @param weights the parameters, in the order of {@link #weights(Shape)}
     * @return what becomes of the example; it has at least one axis
     */
    Value append(FiniteBuilder program, Value x, List<Value> weights);
}
