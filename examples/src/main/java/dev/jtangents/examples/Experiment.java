package dev.jtangents.examples;

import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.serial;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.layers.Parameters;
import dev.jtangents.predict.Predict;

import java.util.OptionalLong;

/**
 * A network of one hidden layer, digits, and how it is trained on them: by gradient descent on the
 * mean squared error, in steps small enough to follow the gradient flow that predictions are of.
 *
 * @param learningRate a tenth of the largest that is stable at infinite width
 */
record Experiment(Digits digits, Network network, double learningRate, Steps steps)
        implements AutoCloseable {
    private static final double FRACTION = 0.1;

    /**
     * An experiment.
     *
     * @param examples the number of digits to train on, and of those to test
     * @param width of the hidden layer
     * @param steps how long to train
     */
    static Experiment of(int examples, int width, int steps) {
        Network network =
                serial(
                        dense(width).weightStd(1.5).biasStd(0.05),
                        erf(),
                        dense(Digits.CLASSES).weightStd(1.5).biasStd(0.05));
        Digits digits = Digits.of(examples, examples);
        KernelOptions options = KernelOptions.defaults().get(KernelField.NTK);
        try (Kernel kernel = network.kernel(digits.xTrain(), null, options)) {
            OptionalLong outputs = OptionalLong.of(digits.yTrain().size());
            double largest = Predict.maxLearningRate(kernel.ntk(), outputs, 0, 1e-12);
            return new Experiment(digits, network, FRACTION * largest, Steps.to(steps));
        }
    }

    /** Parameters to begin with, which the caller closes. */
    Parameters initial(long seed) {
        return network.init(seed, digits.xTrain().shape());
    }

    @Override
    public void close() {
        digits.close();
    }
}
