package dev.jtangents.layers;

import static dev.jtangents.layers.NumericalFunction.SWISH;
import static dev.jtangents.layers.NumericalFunction.TANH;
import static dev.jtangents.layers.Stax.abs;
import static dev.jtangents.layers.Stax.cos;
import static dev.jtangents.layers.Stax.dense;
import static dev.jtangents.layers.Stax.elementwise;
import static dev.jtangents.layers.Stax.elementwiseNumerical;
import static dev.jtangents.layers.Stax.erf;
import static dev.jtangents.layers.Stax.flatten;
import static dev.jtangents.layers.Stax.gabor;
import static dev.jtangents.layers.Stax.gaussian;
import static dev.jtangents.layers.Stax.gelu;
import static dev.jtangents.layers.Stax.hermite;
import static dev.jtangents.layers.Stax.leakyRelu;
import static dev.jtangents.layers.Stax.monomial;
import static dev.jtangents.layers.Stax.polynomial;
import static dev.jtangents.layers.Stax.rbf;
import static dev.jtangents.layers.Stax.relu;
import static dev.jtangents.layers.Stax.serial;
import static dev.jtangents.layers.Stax.sigmoidLike;
import static dev.jtangents.layers.Stax.sign;
import static dev.jtangents.layers.Stax.sin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.Map.entry;

import dev.jtangents.maps.SinMap;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Wide random finite networks against the analytic kernel. */
class MonteCarloTest {
    private static final int EXAMPLES = 4;
    private static final int FEATURES = 6;
    private static final int OUTPUTS = 256;

    /** Networks by the width of their hidden layers. */
    static final Map<String, IntFunction<Network>> NETWORKS =
            Map.ofEntries(
                    entry("relu", w -> deep(w, relu())),
                    entry("leaky", w -> deep(w, leakyRelu(0.3))),
                    entry("abs", w -> deep(w, abs())),
                    entry("erf", w -> deep(w, erf(0.8, 1.3, 0.2))),
                    entry("sigmoid-like", w -> deep(w, sigmoidLike())),
                    entry("gelu", w -> deep(w, gelu())),
                    entry("sin", w -> deep(w, sin(1, 0.7, 0.4))),
                    entry("rbf", w -> deep(w, rbf(0.3))),
                    entry("sign", w -> deep(w, sign())),
                    entry("cos", w -> deep(w, cos(0.9, 0.8, 0.3))),
                    entry("gaussian", w -> deep(w, gaussian(1.2, -0.4))),
                    entry("gabor", w -> deep(w, gabor())),
                    entry("monomial", w -> shallow(w, monomial(2))),
                    entry("cube", w -> shallow(w, monomial(3))),
                    entry("polynomial", w -> shallow(w, polynomial(0.3, 0.8, -0.2, 0.1))),
                    entry("tanh", w -> deep(w, elementwiseNumerical(TANH, 25))),
                    entry("swish", w -> deep(w, elementwiseNumerical(SWISH, 25))),
                    entry("own", w -> deep(w, elementwiseNumerical(Math::sin, Math::cos, 25))),
                    entry("map", w -> deep(w, elementwise(Math::sin, new SinMap(1, 1, 0)))),
                    entry("standard", MonteCarloTest::standard));

    static Stream<String> names() {
        return NETWORKS.keySet().stream().sorted();
    }

    private static IntFunction<Network> network(String name) {
        return Objects.requireNonNull(NETWORKS.get(name));
    }

    private static Network deep(int width, Network nonlinearity) {
        return serial(
                flatten(),
                dense(width).weightStd(1.3).biasStd(0.2),
                nonlinearity,
                dense(width).weightStd(0.9),
                nonlinearity,
                dense(OUTPUTS).weightStd(1.1).biasStd(0.1));
    }

    private static Network shallow(int width, Network nonlinearity) {
        return serial(dense(width).weightStd(0.9).biasStd(0.2), nonlinearity, dense(OUTPUTS));
    }

    private static Network standard(int width) {
        return serial(
                flatten(),
                dense(width)
                        .weightStd(1.3)
                        .biasStd(0.2)
                        .parameterization(Parameterization.STANDARD)
                        .widthMultipliers(1, 2),
                relu(),
                dense(OUTPUTS).parameterization(Parameterization.STANDARD).widthMultipliers(2, 1));
    }

    private static Tensor inputs() {
        return Tensor.of(
                new SplittableRandom(5).doubles(EXAMPLES * FEATURES, -1.5, 1.5).toArray(),
                EXAMPLES,
                FEATURES);
    }

    /** Mean over samples of f(x) f(x)ᵀ / outputs, relative to the analytic NNGP. */
    private static double error(IntFunction<Network> networks, int width, int samples) {
        try (Tensor x = inputs()) {
            return error(networks, width, samples, x);
        }
    }

    private static double error(IntFunction<Network> networks, int width, int samples, Tensor x) {
        Network network = networks.apply(width);
        double[] mean = new double[EXAMPLES * EXAMPLES];
        try (Kernel kernel = network.kernel(x)) {
            for (int sample = 0; sample < samples; sample++) {
                try (Parameters parameters = network.init(1000L * width + sample, x.shape());
                        Tensor f = network.apply(parameters, x)) {
                    assertEquals(Shape.of(EXAMPLES, OUTPUTS), f.shape());
                    for (int i = 0; i < EXAMPLES; i++) {
                        for (int j = 0; j < EXAMPLES; j++) {
                            for (int k = 0; k < OUTPUTS; k++) {
                                mean[i * EXAMPLES + j] +=
                                        f.get(i, k) * f.get(j, k) / OUTPUTS / samples;
                            }
                        }
                    }
                }
            }
            double[] exact = kernel.nngp().toArray();
            double difference = 0;
            double size = 0;
            for (int i = 0; i < exact.length; i++) {
                difference += Math.pow(mean[i] - exact[i], 2);
                size += exact[i] * exact[i];
            }
            return Math.sqrt(difference / size);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void wideNetworksAgreeWithTheKernel(String name) {
        double error = error(network(name), 512, 60);
        assertTrue(error < 0.04, name + ": " + error);
    }

    /** Signs as features have a mean square of 1, for which the Hermite kernel is right. */
    @Test
    void wideHermiteNetworksAgreeWithTheKernelForUnitVariances() {
        try (Tensor x = inputs()) {
            for (int i = 0; i < EXAMPLES; i++) {
                for (int f = 0; f < FEATURES; f++) {
                    x.set(Math.signum(x.get(i, f)), i, f);
                }
            }
            double error = error(w -> serial(dense(w), hermite(2), dense(OUTPUTS)), 512, 60, x);
            assertTrue(error < 0.04, "error " + error);
        }
    }

    /** The error falls like 1 / sqrt(width samples), up to the noise of few samples. */
    @Test
    void theErrorFallsAtTheMonteCarloRate() {
        double coarse = 0;
        double fine = 0;
        for (String name : new String[] {"relu", "erf", "leaky", "sin"}) {
            coarse += error(network(name), 32, 8);
            fine += error(network(name), 256, 16);
        }
        double expected = 1 / Math.sqrt(8 * 2);
        double ratio = fine / coarse;
        assertTrue(ratio < 2 * expected && ratio > expected / 3, "ratio " + ratio);
    }

    @Test
    void aSeedIsANetwork() {
        Network network = network("relu").apply(16);
        try (Tensor x = inputs();
                Parameters first = network.init(7, x.shape());
                Parameters again = network.init(7, x.shape());
                Parameters other = network.init(8, x.shape());
                Tensor a = network.apply(first, x);
                Tensor b = network.apply(again, x);
                Tensor c = network.apply(other, x)) {
            assertEquals(-1, a.segment().mismatch(b.segment()));
            assertTrue(a.segment().mismatch(c.segment()) >= 0);
        }
    }
}
