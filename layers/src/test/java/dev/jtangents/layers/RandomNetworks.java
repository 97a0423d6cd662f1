package dev.jtangents.layers;

import static dev.jtangents.layers.Stax.abRelu;
import static dev.jtangents.layers.Stax.abs;
import static dev.jtangents.layers.Stax.cos;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.exp;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.gabor;
import static dev.jtangents.layers.Stax.gaussian;
import static dev.jtangents.layers.Stax.gelu;
import static dev.jtangents.layers.Stax.hermite;
import static dev.jtangents.layers.Stax.identity;
import static dev.jtangents.layers.Stax.leakyRelu;
import static dev.jtangents.layers.Stax.monomial;
import static dev.jtangents.layers.Stax.polynomial;
import static dev.jtangents.layers.Stax.rbf;
import static dev.jtangents.layers.Stax.rectifiedMonomial;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.repeat;
import static dev.jtangents.layers.Stax.serial;
import static dev.jtangents.layers.Stax.sigmoidLike;
import static dev.jtangents.layers.Stax.sign;
import static dev.jtangents.layers.Stax.sin;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Networks and inputs drawn from a seed. */
final class RandomNetworks {
    private RandomNetworks() {}

    /** Every nonlinearity, with arguments that are not the defaults where there are any. */
    static List<Network> activations() {
        return List.of(
                relu(),
                leakyRelu(0.2),
                abs(),
                abRelu(-0.5, 1.3),
                erf(),
                erf(0.8, 1.2, 0.3),
                sigmoidLike(),
                gelu(),
                sin(1.1, 0.7, 0.4),
                rbf(0.6),
                exp(0.7, 0.4),
                sign(),
                rectifiedMonomial(0),
                rectifiedMonomial(1),
                rectifiedMonomial(2),
                cos(0.9, 0.8, 0.3),
                gaussian(1.2, -0.4),
                gabor(),
                monomial(2),
                polynomial(0.3, 0.8, -0.2),
                hermite(2));
    }

    /** A dense layer on these axes. */
    static Dense layer(SplittableRandom random, int batchAxis, int channelAxis) {
        Dense layer =
                Stax.dense(1 + random.nextInt(6))
                        .weightStd(random.nextDouble(0.5, 1.6))
                        .axes(batchAxis, channelAxis);
        if (random.nextBoolean()) {
            layer = layer.biasStd(random.nextDouble(0, 0.5));
        }
        if (random.nextInt(3) == 0) {
            layer =
                    layer.parameterization(Parameterization.STANDARD)
                            .widthMultipliers(1 + random.nextInt(3), 1 + random.nextInt(3));
        }
        return layer;
    }

    /** A legal network on inputs with this batch axis and channel axis. */
    static Network on(SplittableRandom random, int batchAxis, int channelAxis, boolean flat) {
        List<Network> activations = activations();
        List<Network> layers = new ArrayList<>();
        int batch = batchAxis;
        int channel = channelAxis;
        layers.add(layer(random, batch, channel));
        for (int depth = random.nextInt(4); depth > 0; depth--) {
            layers.add(activations.get(random.nextInt(activations.size())));
            switch (random.nextInt(4)) {
                case 0 -> layers.add(identity());
                case 1 ->
                        layers.add(
                                repeat(
                                        serial(Stax.dense(4).axes(batch, channel), relu()),
                                        random.nextInt(4)));
                default -> {}
            }
            layers.add(layer(random, batch, channel));
        }
        if (flat) {
            int out = random.nextInt(2);
            layers.add(flatten(batch, out));
            batch = out;
            channel = 1 - out;
        }
        layers.add(layer(random, batch, channel));
        return serial(layers.toArray(Network[]::new));
    }

    static Network dense(SplittableRandom random) {
        return on(random, 0, -1, random.nextBoolean());
    }

    /** Uniform numbers; the caller closes them. */
    static Tensor inputs(SplittableRandom random, DType dtype, long... shape) {
        Tensor tensor = Tensor.allocate(dtype, Shape.of(shape));
        Tensor flat = tensor.reshape(tensor.size());
        for (long i = 0; i < tensor.size(); i++) {
            flat.set(random.nextDouble(-1.5, 1.5), i);
        }
        return tensor;
    }

    /** The sizes of these numbers' largest. */
    static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
