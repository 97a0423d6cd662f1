package dev.jtangents.examples;

// README begins here
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.serial;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.Network;
import dev.jtangents.layers.Parameters;
import dev.jtangents.predict.Gaussians;
import dev.jtangents.predict.GradientDescentMseEnsemble;
import dev.jtangents.predict.Predict;
import dev.jtangents.predict.Time;
import dev.jtangents.tensor.Tensor;

import java.util.SplittableRandom;

public final class FiveMinutes {
    public static void main(String[] arguments) {
        // A network of three layers. The widths matter at finite width only.
        Network network =
                serial(
                        dense(512).weightStd(1.5).biasStd(0.05),
                        erf(),
                        dense(512).weightStd(1.5).biasStd(0.05),
                        erf(),
                        dense(1).weightStd(1.5).biasStd(0.05));

        // Twenty training and ten test examples with 100 features, off the heap.
        var random = new SplittableRandom(1);
        try (Tensor xTrain = Tensor.of(random.doubles(20 * 100, -1, 1).toArray(), 20, 100);
                Tensor yTrain = Tensor.of(random.doubles(20, -1, 1).toArray(), 20, 1);
                Tensor xTest = Tensor.of(random.doubles(10 * 100, -1, 1).toArray(), 10, 100)) {

            // One random network of finite width: parameters and outputs.
            try (Parameters parameters = network.init(42, xTrain.shape());
                    Tensor outputs = network.apply(parameters, xTrain)) {
                System.out.println("a random network says " + outputs.get(0, 0));
            }

            // All infinitely wide ones: the covariance of their outputs, and their tangent kernel.
            try (Kernel kernel = network.kernel(xTest, xTrain)) {
                System.out.println(
                        "nngp " + kernel.nngp().shape() + ", ntk " + kernel.ntk().shape());
            }

            // What infinitely many of them, trained by gradient descent without end, would say.
            try (GradientDescentMseEnsemble ensemble =
                            Predict.gradientDescentMseEnsemble(network, xTrain, yTrain)
                                    .diagReg(1e-4)
                                    .build();
                    Gaussians answer =
                            ensemble.at(Time.infinite()).on(xTest).covariance().predict()) {
                double mean = answer.ntk().mean().get(0, 0);
                double variance = answer.ntk().covariance().get(0, 0);
                System.out.println("trained: " + mean + " +- " + Math.sqrt(variance));
            }
        }
    }
}
// README ends here
