package dev.jtangents.layers;

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
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/**
 * A neural network, or one layer of it: the same thing. It has a finite side, {@link #init} and
 * {@link #apply}, and an infinite side, {@link #kernel}. Immutable; any number of threads may use
 * it.
 *
 * <p>Networks are made by {@link Stax} or read from model files.
 */
public abstract class Network implements KernelFunction, DifferentiableFunction {
    private static final String GENERATOR = "L64X128MixRandom";

    Network() {}

    /** What the network does to covariances. */
    abstract Tree<Propagation> propagate(Tree<Propagation> in);

    /** The shapes of the activations that leave the network, from those that enter it. */
    abstract Tree<Shape> outputShapesOf(Tree<Shape> input);

    /** What takes each input, nested as the network's inputs are; empty when it takes any. */
    Optional<Tree<Network>> readers() {
        return Optional.empty();
    }

    /**
     * Follows a network's inputs to the layers that read them.
     *
     * @param inputs which inputs each value still is, as it was given
     * @param listener hears of each input of which a layer reads axes, and of these axes
     * @return the same of the values that leave the network
     */
    abstract Tree<Set<Integer>> follow(
            Tree<Set<Integer>> inputs, BiConsumer<Integer, InputAxes> listener);

    /** Draws the parameters. */
    abstract Parameters initialize(SplittableGenerator random, Tree<Shape> input, DType dtype);

    /**
     * Appends the network to a finite program; parameters are taken in the order of {@link #init}.
     */
    abstract Tree<Signal> append(FiniteNetwork network, Tree<Signal> x);

    /** The layer as a model file writes it. */
    abstract LayerText text();

    /**
     * The shape of the output for an input of a shape.
     *
     * @throws InputException when the network cannot read such an input
     */
    public final Shape outputShape(Shape input) {
        return only(outputShapesOf(Tree.of(input)));
    }

    /**
     * The number of outputs of the network for a number of inputs.
     *
     * @throws InputException when it takes another number of inputs
     */
    public final int outputs(int inputs) {
        return NetworkInputs.of(this, inputs).outputs();
    }

    /**
     * The shapes of all outputs, from left to right, for inputs of these shapes.
     *
     * @throws InputException when the network cannot read such inputs
     */
    public final List<Shape> outputShapes(List<Shape> inputs) {
        Tree<Integer> places = NetworkInputs.of(this, inputs.size()).places();
        return outputShapesOf(places.map(inputs::get)).leaves().toList();
    }

    /** Whether a layer sums over graphs, which {@link KernelOptions#pattern} gives. */
    public final boolean readsGraphs() {
        return text().leaves().anyMatch(layer -> layer.name().equals(Aggregate.TYPE.name()));
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
        return init(seed, List.of(input), dtype);
    }

    /** The same for a network of several inputs, listed from left to right. */
    public final Parameters init(long seed, List<Shape> inputs, DType dtype) {
        Tree<Integer> places = NetworkInputs.of(this, inputs.size()).places();
        return initialize(generator(seed), places.map(inputs::get), dtype);
    }

    static SplittableGenerator generator(long seed) {
        return RandomGeneratorFactory.<SplittableGenerator>of(GENERATOR).create(seed);
    }

    /**
     * The output of the finite network with these parameters, in the wider dtype of the two.
     *
     * @param x an input of any shape that the network reads; borrowed
     * @return a tensor that the caller closes
     * @throws InputException when parameters and network do not fit
     */
    @Override
    public final Tensor apply(Parameters parameters, Tensor x) {
        return apply(parameters, x, ApplyOptions.defaults());
    }

    /** The same with options: {@link #apply(Parameters, Tensor)}. */
    public final Tensor apply(Parameters parameters, Tensor x, ApplyOptions options) {
        return only(apply(parameters, List.of(x), options));
    }

    /**
     * The outputs of a finite network of several inputs or outputs, listed from left to right as in
     * {@link #kernels(List, List, KernelOptions)}.
     *
     * @param x an array of examples for each input; borrowed
     * @return an array for each output, which the caller closes
     * @throws InputException as {@link #apply(Parameters, Tensor)} does
     */
    public final List<Tensor> apply(Parameters parameters, List<Tensor> x, ApplyOptions options) {
        List<Tensor> arrays = parameters.arrays().toList();
        try (Application application = Application.of(this, x, options)) {
            DType dtype = application.dtype(arrays.stream());
            return application.inPlace(
                    application.executor(dtype).apply(arrays, application.arrays()));
        }
    }

    /**
     * The Jacobian-vector product, J(p, x) d, in the wider dtype of parameters and x.
     *
     * @throws InputException when parameters, direction and network do not fit, or a function in it
     *     has no derivative
     */
    @Override
    public final Tensor pushForward(Parameters parameters, Parameters direction, Tensor x) {
        return function(ApplyOptions.defaults()).pushForward(parameters, direction, x);
    }

    /**
     * The vector-Jacobian product, J(p, x)ᵀ c, in the wider dtype of parameters and x.
     *
     * @throws InputException when parameters, cotangent and network do not fit, or a function in it
     *     has no derivative
     */
    @Override
    public final Parameters pullBack(Parameters parameters, Tensor x, Tensor cotangent) {
        return function(ApplyOptions.defaults()).pullBack(parameters, x, cotangent);
    }

    /**
     * This network, of one input and one output, as a function of parameters and inputs that is
     * applied in a certain way. What is random in it is the same at every call.
     */
    public final DifferentiableFunction function(ApplyOptions options) {
        return new AppliedNetwork(this, options);
    }

    /**
     * This network linearised at parameters p0: {@code f(p0, x) + J(p0, x) (p - p0)}.
     *
     * @param origin p0; borrowed for as long as the function is used
     */
    public final DifferentiableFunction linearize(Parameters origin) {
        return linearize(origin, ApplyOptions.defaults());
    }

    /** The same of the network applied in a certain way: {@link #linearize(Parameters)}. */
    public final DifferentiableFunction linearize(Parameters origin, ApplyOptions options) {
        return new Linearization(new AppliedNetwork(this, options), origin);
    }

    /**
     * This network expanded around parameters p0: the sum over k from 0 to the degree of the k-th
     * derivative of {@code f(p0 + ε (p - p0), x)} by ε at 0, divided by k!.
     *
     * @param origin p0; borrowed for as long as the function is used
     * @throws InputException when the degree is negative
     */
    public final ParametricFunction taylorExpand(Parameters origin, int degree) {
        return taylorExpand(origin, degree, ApplyOptions.defaults());
    }

    /** The same of the network applied in a certain way: {@link #taylorExpand(Parameters, int)}. */
    public final ParametricFunction taylorExpand(
            Parameters origin, int degree, ApplyOptions options) {
        return new TaylorExpansion(this, origin, degree, options);
    }

    /**
     * The kernels of this network at infinite width, estimated by random networks of its own width:
     * {@code empirical().monteCarlo(seed)}.
     */
    public final MonteCarloKernels monteCarlo(long seed) {
        return empirical().monteCarlo(seed);
    }

    /** The kernels of this network at finite width. */
    public final EmpiricalKernels empirical() {
        return EmpiricalKernels.of(this);
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
        List<Tensor> second = x2 == null ? null : List.of(x2);
        return KernelCall.of(this, List.of(x1), second, options).runOne();
    }

    /**
     * The kernels of a network of several inputs or outputs. Inputs and outputs are listed from
     * left to right, as the branches of {@code parallel} are written, those of a nested one in its
     * place: {@code parallel(parallel(a, b), c)} takes the inputs of a, b and c.
     *
     * @param x1 an array of examples for each input; borrowed
     * @param x2 more examples for each input, or null for {@code x1} again
     * @return a kernel for each output, which the caller closes; outputs count as independent, so
     *     that there are no covariances between them
     * @throws InputException as {@link #kernel(Tensor, Tensor, KernelOptions)} does, and when the
     *     network takes another number of inputs
     * @throws java.util.concurrent.CancellationException when the calling thread is interrupted,
     *     which it stays
     */
    public final List<Kernel> kernels(
            List<Tensor> x1, @Nullable List<Tensor> x2, KernelOptions options) {
        return KernelCall.of(this, x1, x2, options).run();
    }

    /** This network on a kernel: {@link #kernel(Kernel, KernelOptions)} with all fields. */
    public final Kernel kernel(Kernel given) {
        return kernel(given, KernelOptions.defaults());
    }

    /**
     * This network on the outputs of another, whose kernel has been computed: {@code
     * f.kernel(g.kernel(x1, x2))} is {@code serial(g, f).kernel(x1, x2)}, with g computed once for
     * any number of networks f.
     *
     * @param given a kernel with all pairs of positions, and with nngp, cov1, cov2 if there are two
     *     batches, and ntk if that is asked for; borrowed
     * @return a kernel that the caller closes
     * @throws InputException when the given kernel does not have all that, when this network cannot
     *     follow the one that it is of, and as {@link #kernel(Tensor, Tensor, KernelOptions)} does
     */
    public final Kernel kernel(Kernel given, KernelOptions options) {
        return KernelCall.of(this, given, options).runOne();
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
        int batchAxis = NetworkInputs.of(this, 1).axes().getFirst().batchIn(input);
        try (Tensor example = Tensor.allocate(DType.F32, input.with(batchAxis, 1));
                Application application =
                        Application.of(this, List.of(example), ApplyOptions.defaults().seed(0))) {
            return application.program().parameterShapes().stream().mapToLong(Shape::size).sum();
        }
    }

    /** The only output; several are closed and refused. */
    static Tensor only(List<Tensor> outputs) {
        if (outputs.size() == 1) {
            return outputs.getFirst();
        }
        outputs.forEach(Tensor::close);
        throw refusal(outputs.size());
    }

    private static InputException refusal(long outputs) {
        return new InputException("This network has " + outputs + " outputs; one was expected.");
    }

    private static <T> T only(Tree<T> out) {
        if (out instanceof Tree.Leaf<T>(T value)) {
            return value;
        }
        throw refusal(out.leaves().count());
    }

    /**
     * What {@link #kernel} would do for inputs of these shapes and what it would take, for people.
     *
     * @throws InputException as {@link #kernel} does
     */
    public final String describe(Shape x1, @Nullable Shape x2, DType dtype, KernelOptions options) {
        return describe(List.of(x1), x2 == null ? null : List.of(x2), dtype, options);
    }

    /**
     * What {@link #kernels(List, List, KernelOptions)} would do for inputs of these shapes and what
     * it would take, for people; of several outputs one after another.
     *
     * @throws InputException as {@link #kernels(List, List, KernelOptions)} does
     */
    public final String describe(
            List<Shape> x1, @Nullable List<Shape> x2, DType dtype, KernelOptions options) {
        NetworkInputs inputs = NetworkInputs.of(this, x1.size());
        List<Propagation> outputs =
                inputs.through(this, KernelInputs.propagations(inputs.axes(), x1, x2));
        long n1 = inputs.examples(x1);
        Long n2 = x2 == null ? null : (Long) inputs.examples(x2);
        return outputs.stream()
                .map(output -> KernelComputation.describe(output, n1, n2, dtype, options))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    @Override
    public String toString() {
        return text().summary();
    }
}
