package dev.jtangents.layers;

import dev.jtangents.tensor.InputException;

import java.util.List;

/**
 * Makes networks, by the names of neural-tangents' {@code stax}:
 *
 * <pre>{@code
 * Network net = serial(dense(512).weightStd(1.5).biasStd(0.05), erf(), dense(1));
 * try (Kernel kernel = net.kernel(x1, x2)) { ... kernel.ntk() ... }
 * }</pre>
 */
public final class Stax {
    private Stax() {}

    /** Layers one after another. */
    public static Network serial(Network... layers) {
        return new Serial(List.of(layers));
    }

    /** A layer n times, each time with parameters of its own; n may be 0. */
    public static Network repeat(Network layer, int n) {
        return new Repeat(layer, n);
    }

    /**
     * A dense layer of this width, W_std 1 and no bias.
     *
     * @throws InputException when the width is not positive
     */
    public static Dense dense(int width) {
        return Dense.of(width);
    }

    /** max(x, 0). */
    public static Network relu() {
        return Rectifiers.relu(false);
    }

    /** x above 0, alpha x below. */
    public static Network leakyRelu(double alpha) {
        return Rectifiers.leakyRelu(alpha, false);
    }

    /** |x|. */
    public static Network abs() {
        return Rectifiers.abs(false);
    }

    /** a min(x, 0) + b max(x, 0). */
    public static Network abRelu(double a, double b) {
        return Rectifiers.abRelu(a, b, false);
    }

    /** The error function. */
    public static Network erf() {
        return erf(1, 1, 0);
    }

    /** a erf(b x) + c. */
    public static Network erf(double a, double b, double c) {
        return ErrorFunctions.erf(a, b, c);
    }

    /** An error function scaled to be close to the logistic sigmoid. */
    public static Network sigmoidLike() {
        return ErrorFunctions.sigmoidLike();
    }

    /** x Φ(x), with Φ the standard normal distribution function. */
    public static Network gelu() {
        return ErrorFunctions.gelu(false);
    }

    /** a sin(b x + c). */
    public static Network sin(double a, double b, double c) {
        return Waves.sin(a, b, c);
    }

    /** sqrt(2) sin(sqrt(2 gamma) x + π/4), whose NNGP is the radial basis function kernel. */
    public static Network rbf(double gamma) {
        return Waves.rbf(gamma);
    }

    /** a exp(b x). */
    public static Network exp(double a, double b) {
        return Waves.exp(a, b);
    }

    /** The sign; its NTK is 0 by convention. */
    public static Network sign() {
        return Powers.sign();
    }

    /** x to the power of a degree for x at least 0, else 0. */
    public static Network rectifiedMonomial(int degree) {
        return Powers.rectifiedMonomial(degree);
    }

    /** The layer that changes nothing. */
    public static Network identity() {
        return new Identity();
    }

    /** Every activation of an example as a channel: (N, features), with the batch on axis 0. */
    public static Flatten flatten() {
        return flatten(0, 0);
    }

    /**
     * Every activation of an example as a channel.
     *
     * @param batchAxis the axis of examples in the input
     * @param batchAxisOut the axis of examples in the output: 0, 1, -1 or -2
     */
    public static Flatten flatten(int batchAxis, int batchAxisOut) {
        return Flatten.of(batchAxis, batchAxisOut);
    }
}
