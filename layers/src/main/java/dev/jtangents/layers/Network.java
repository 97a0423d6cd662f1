package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteExecutor;
import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A neural network, or one layer of it: the same thing. It has a finite side, {@link #init} and
 * {@link #apply}, and an infinite side, {@link #kernel}. Immutable; any number of threads may use
 * it.
 *
 * <p>Networks are made by {@link Stax} or read from model files.
 */
public abstract class Network implements KernelFunction {
    private static final String GENERATOR = "L64X128MixRandom";

    Network() {}

    /** What the layer does to covariances. */
    abstract Propagation propagate(Propagation in);

    /** The shape of the activations that leave the layer, from those that enter it. */
    abstract Shape outputShapeOf(Shape input);

    /** The axes that the layer reads, when it cares. */
    Optional<InputAxes> inputAxes() {
        return Optional.empty();
    }

    /** Draws the parameters. */
    abstract Parameters initialize(SplittableGenerator random, Shape input, DType dtype);

    /**
     * Appends the layer to a finite program; parameters are taken in the order of {@link #init}.
     */
    abstract int append(FiniteProgram.Builder program, int x);

    /** The layer as a model file writes it. */
    abstract LayerText text();

    /**
     * The shape of the output for an input of a shape.
     *
     * @throws InputException when the network cannot read such an input
     */
    public final Shape outputShape(Shape input) {
        return outputShapeOf(input);
    }

    /** Draws f64 parameters: {@link #init(long, Shape, DType)}. */
    public final Parameters init(long seed, Shape input) {
        return init(seed, input, DType.F64);
    }

    /**
     * Draws random parameters. The same seed gives the same parameters on every machine; different
     * layers draw from generators split off one another.
     *
     * @param input the shape of an input; the number of examples in it does not matter
     * @return parameters that the caller closes
     */
    public final Parameters init(long seed, Shape input, DType dtype) {
        var random = RandomGeneratorFactory.<SplittableGenerator>of(GENERATOR).create(seed);
        return initialize(random, input, dtype);
    }

    /**
     * The output of the finite network with these parameters, in the wider dtype of the two.
     *
     * @param x an input of any shape that the network reads; borrowed
     * @return a tensor that the caller closes
     * @throws InputException when parameters and network do not fit
     */
    public final Tensor apply(Parameters parameters, Tensor x) {
        FiniteProgram program = program(x.shape());
        List<Tensor> arrays = parameters.arrays().toList();
        List<Shape> expected = program.parameterShapes();
        List<Shape> given = arrays.stream().map(Tensor::shape).toList();
        if (!expected.equals(given)) {
            throw new InputException(
                    "The parameters have shapes "
                            + given
                            + "; this network on an input of shape "
                            + x.shape()
                            + " has "
                            + expected
                            + ".");
        }
        DType dtype = arrays.stream().map(Tensor::dtype).reduce(x.dtype(), DType::wider);
        return FiniteExecutor.run(program, arrays, x, dtype);
    }

    /**
     * The kernel of a batch with itself, all fields: {@link #kernel(Tensor, Tensor,
     * KernelOptions)}.
     */
    public final Kernel kernel(Tensor x) {
        return kernel(x, null, KernelOptions.defaults());
    }

    /** The kernel of two batches, all fields: {@link #kernel(Tensor, Tensor, KernelOptions)}. */
    public final Kernel kernel(Tensor x1, @Nullable Tensor x2) {
        return kernel(x1, x2, KernelOptions.defaults());
    }

    /** The kernel of a batch with itself: {@link #kernel(Tensor, Tensor, KernelOptions)}. */
    public final Kernel kernel(Tensor x, KernelOptions options) {
        return kernel(x, null, options);
    }

    /**
     * The kernel of the infinitely wide network between the examples of two batches.
     *
     * @param x1 examples, of any shape that the network reads; borrowed
     * @param x2 more examples, or null for {@code x1} again
     * @return a kernel that the caller closes
     * @throws InputException when the inputs do not fit the network or each other, are empty or not
     *     finite, when the infinite limit does not exist, or when the memory budget is too small
     * @throws java.util.concurrent.CancellationException when the calling thread is interrupted,
     *     which it stays
     */
    public final Kernel kernel(Tensor x1, @Nullable Tensor x2, KernelOptions options) {
        return KernelComputation.of(this, x1, x2, options).run();
    }

    /**
     * The NNGP and NTK, as inference asks for them: {@link #kernelFunction} with the default
     * options.
     */
    @Override
    public final Kernels kernels(Tensor x1, @Nullable Tensor x2, Set<KernelName> get) {
        return kernelFunction(KernelOptions.defaults()).kernels(x1, x2, get);
    }

    /** The kernels of this network, computed with these options, as inference asks for them. */
    public final KernelFunction kernelFunction(KernelOptions options) {
        return (x1, x2, get) -> {
            KernelField[] fields = get.stream().map(KernelField::of).toArray(KernelField[]::new);
            return kernel(x1, x2, options.get(fields)).kernels();
        };
    }

    /** The number of parameters of the finite network on inputs of a shape. */
    public final long parameterCount(Shape input) {
        return program(input).parameterShapes().stream().mapToLong(Shape::size).sum();
    }

    private FiniteProgram program(Shape input) {
        var builder = new FiniteProgram.Builder(input);
        append(builder, 0);
        return builder.build();
    }

    /**
     * What {@link #kernel} would do for inputs of these shapes and what it would take, for people.
     *
     * @throws InputException as {@link #kernel} does
     */
    public final String describe(Shape x1, @Nullable Shape x2, DType dtype, KernelOptions options) {
        return KernelComputation.describe(this, x1, x2, dtype, options);
    }

    @Override
    public String toString() {
        return text().summary();
    }
}
