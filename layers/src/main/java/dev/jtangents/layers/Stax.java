package dev.jtangents.layers;

import dev.jtangents.graph.finite.ScalarFunction;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.FormulaMap;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

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

    /**
     * Networks side by side: as many inputs, as many outputs. {@link #fanOut} before it gives each
     * the same input, and {@link #fanInSum}, {@link #fanInProd} or {@link #fanInConcat} after it
     * make one of its outputs.
     *
     * @throws InputException when there is no network
     */
    public static Network parallel(Network... branches) {
        return new Parallel(List.of(branches));
    }

    /** Copies of the input, at least one: {@link #parallel}. */
    public static Network fanOut(int copies) {
        return new FanOut(copies);
    }

    /**
     * The sum of branches, which are Gaussian and of one shape. Branches count as independent: let
     * at most one of them come without weights of its own.
     */
    public static Network fanInSum() {
        return new FanInSum();
    }

    /** The product of branches, which count as independent and are of one shape. */
    public static Network fanInProd() {
        return new FanInProd();
    }

    /**
     * Branches one after another along an axis of the activations, independent of one another. They
     * may differ in that axis only. Along any axis but the channels they must be Gaussian.
     *
     * @param axis an axis of the activations; negative ones count from the end
     */
    public static Network fanInConcat(int axis) {
        return new FanInConcat(axis);
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

    /**
     * A convolution with W_std 1 and no bias; the channels of its input are last.
     *
     * @param filterShape a size for each spatial axis of the input; none makes it a dense layer
     * @throws InputException when a number is not positive
     */
    public static Conv conv(int channels, int... filterShape) {
        return Conv.of(Conv.Kind.SHARED, channels, filterShape);
    }

    /** A transposed convolution, which makes activations larger: {@link #conv} backwards. */
    public static Conv convTranspose(int channels, int... filterShape) {
        return Conv.of(Conv.Kind.TRANSPOSED, channels, filterShape);
    }

    /** A locally connected layer: {@link #conv} with other weights at each position. */
    public static Conv convLocal(int channels, int... filterShape) {
        return Conv.of(Conv.Kind.LOCAL, channels, filterShape);
    }

    /**
     * The mean over a sliding window.
     *
     * @param windowShape a size for each spatial axis of the input
     * @throws InputException when a size is not positive
     */
    public static Pool avgPool(int... windowShape) {
        return Pool.average(windowShape);
    }

    /** The sum over a sliding window, as {@link #avgPool}. */
    public static Pool sumPool(int... windowShape) {
        return Pool.sum(windowShape);
    }

    /** The greatest in a sliding window, as {@link #avgPool}; for finite networks only. */
    public static MaxPool maxPool(int... windowShape) {
        return MaxPool.of(windowShape);
    }

    /** The mean over all positions, which removes the spatial axes. */
    public static GlobalPool globalAvgPool() {
        return GlobalPool.average();
    }

    /** The sum over all positions, which removes the spatial axes. */
    public static GlobalPool globalSumPool() {
        return GlobalPool.sum();
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

    /** a cos(b x + c). */
    public static Network cos(double a, double b, double c) {
        return Waves.cos(a, b, c);
    }

    /** sqrt(2) sin(sqrt(2 gamma) x + π/4), whose NNGP is the radial basis function kernel. */
    public static Network rbf(double gamma) {
        return Waves.rbf(gamma);
    }

    /** a exp(b x). */
    public static Network exp(double a, double b) {
        return Waves.exp(a, b);
    }

    /**
     * The kernel sqrt(q11 q22) exp(gamma (c + shift)) of the correlation c of two activations with
     * variances q11 and q22. There is no function to it, so that its networks can be initialised
     * but not applied.
     *
     * @param gamma at least 0
     */
    public static Network expNormalized(double gamma, double shift) {
        return Waves.expNormalized(gamma, shift, false);
    }

    /**
     * a exp(b x²).
     *
     * @param b as a rule negative; for a positive one the kernel exists only of activations with a
     *     variance below 1 / 4b
     */
    public static Network gaussian(double a, double b) {
        return Bells.gaussian(a, b);
    }

    /** exp(-x²) sin(x). */
    public static Network gabor() {
        return Bells.gabor();
    }

    /** The sign; its NTK is 0 by convention. */
    public static Network sign() {
        return Powers.sign();
    }

    /** x to the power of a degree, from 0 to 150, for x at least 0, else 0. */
    public static Network rectifiedMonomial(int degree) {
        return Powers.rectifiedMonomial(degree);
    }

    /** x to the power of a degree from 0 to 5; {@link #polynomial} takes higher ones. */
    public static Network monomial(int degree) {
        return Polynomials.monomial(degree);
    }

    /** A polynomial by its coefficients of 1, x, x² and so on, at most 151; none are 0. */
    public static Network polynomial(double... coefficients) {
        return Polynomials.polynomial(coefficients);
    }

    /**
     * The normalised Hermite polynomial of a degree, Heₙ(x) / sqrt(n!). Its kernel is the n-th
     * power of the covariance, which is right for activations of variance 1 only: scale the inputs
     * and the layers before it accordingly.
     */
    public static Network hermite(int degree) {
        return Polynomials.hermite(degree);
    }

    /**
     * A function whose kernel is computed by Gauss-Hermite quadrature, as neural-tangents does it.
     * Too few nodes show as kernels that are not positive semidefinite; a nonlinearity with a
     * closed form of its own needs none and is much faster.
     *
     * @param degree the number of nodes, from 1 to 100; 25 is enough for a smooth function of
     *     activations that are not large
     */
    public static Network elementwiseNumerical(NumericalFunction function, int degree) {
        return Numerical.named(function, degree);
    }

    /**
     * A function of the caller's, whose kernel is computed by Gauss-Hermite quadrature. No model
     * file can hold it. Many threads call the two functions at once.
     *
     * @param derivative the derivative of the function
     * @param degree the number of nodes, from 1 to 100
     */
    public static Network elementwiseNumerical(
            DoubleUnaryOperator function, DoubleUnaryOperator derivative, int degree) {
        return Numerical.ofCode(function, derivative, degree);
    }

    /**
     * A nonlinearity of the caller's, by its function and what that does to covariances. No model
     * file can hold it. Many threads call both at once.
     *
     * @param function the function, which the finite network applies; networks of it can be applied
     *     but not differentiated
     * @param map its expectations, which make the kernel; that they are of this function is the
     *     caller's to know
     */
    public static Network elementwise(DoubleUnaryOperator function, BivariateMap map) {
        return elementwise(ScalarFunction.withoutDerivative("Elementwise", function), map);
    }

    /** The same by a function with its derivatives. */
    public static Network elementwise(ScalarFunction function, BivariateMap map) {
        return new Elementwise(LayerText.Leaf.of("Elementwise", "map", map), map, function);
    }

    /**
     * A nonlinearity of the caller's that is given by its kernel alone: {@link
     * #elementwise(DoubleUnaryOperator, BivariateMap)}, except that its networks cannot be applied.
     */
    public static Network elementwise(BivariateMap map) {
        return Elementwise.withoutFunction(LayerText.Leaf.of("Elementwise", "map", map), map);
    }

    /** The same by a formula of E[φφ] alone, whose derivative {@link FormulaMap} computes. */
    public static Network elementwise(FormulaMap.Formula nngp) {
        return elementwise(new FormulaMap(nngp, null));
    }

    /** Layer normalisation over some axes, the channels among them; by default over the last. */
    public static LayerNorm layerNorm(int... axes) {
        return LayerNorm.of(axes);
    }

    /**
     * Batch normalisation in use, with statistics of each channel; for finite networks only.
     *
     * @throws InputException when numbers of channels differ or a variance is negative
     */
    public static BatchNorm batchNorm(double[] mean, double[] variance) {
        return BatchNorm.of(mean, variance);
    }

    /** Dropout in training; the rate is the probability of keeping an activation, in (0, 1]. */
    public static Dropout dropout(double rate) {
        return Dropout.of(rate);
    }

    /**
     * Resizes spatial axes, as {@code jax.image.resize} does.
     *
     * @param shape a size for each axis of the activations, -1 where it stays as it is
     */
    public static ImageResize imageResize(ResizeMethod method, int... shape) {
        return ImageResize.of(IntStream.of(shape).boxed().toList(), method);
    }

    /**
     * Takes some of the positions and examples.
     *
     * @param index what NumPy takes between square brackets: whole numbers, slices and "...", for
     *     instance {@code ":, 1:-1, ::2"}
     * @throws InputException when it is no such index
     */
    public static Index index(String index) {
        return Index.of(index);
    }

    /** Activations times a number. */
    public static DotGeneral dotGeneral(double factor) {
        return DotGeneral.of(factor);
    }

    /** Activations contracted with a constant, which is copied, along the axes told to it. */
    public static DotGeneral dotGeneral(Tensor constant) {
        return DotGeneral.of(constant);
    }

    /**
     * Sums activations over the edges of graphs, which {@link KernelOptions#pattern} gives.
     *
     * @param axes the axes of the activations that are nodes of the graphs; none are all spatial
     *     ones
     */
    public static Aggregate aggregate(int... axes) {
        return Aggregate.of(axes);
    }

    /**
     * Self-attention over all positions, with softmax, scores divided by the width of keys, all
     * W_std 1, no bias and no positional embeddings. The channels of keys (and queries) and values
     * are those of one head.
     */
    public static GlobalSelfAttention globalSelfAttention(
            int channels, int keyChannels, int valueChannels, int heads) {
        return GlobalSelfAttention.of(channels, keyChannels, valueChannels, heads);
    }

    /** A layer of the caller's own. No model file can hold it, and it has no finite side. */
    public static Network layer(CustomLayer layer) {
        return new Custom(layer);
    }

    /** A layer of the caller's own for finite networks only. No model file can hold it. */
    public static Network finiteLayer(FiniteLayer layer) {
        return new CustomFinite(layer);
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
