package dev.jtangents.layers;

import dev.jtangents.graph.finite.EmpiricalExecutor;
import dev.jtangents.graph.finite.NtkImplementation;
import dev.jtangents.graph.finite.OutputPairs;
import dev.jtangents.graph.finite.TangentSide;
import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.MemoryBudget;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The kernels of a network of finite width with given parameters: the NNGP, f(x1) f(x2)ᵀ, and the
 * NTK, J(x1) J(x2)ᵀ, with J the Jacobian by all parameters. Immutable; {@link Network#empirical}
 * makes it.
 *
 * <p>Each axis of an output occurs twice in a kernel, both occurrences side by side: for outputs of
 * shape (N, H, C) a kernel is (N1, N2, H, H, C, C). Of an axis that is <em>traced</em> the mean over
 * equal places is taken; one that is <em>diagonal</em> occurs once, with equal places paired. By
 * default the last axis is traced, so that a kernel of outputs (N, C) is (N1, N2) and comparable to
 * that of the infinitely wide network. Everything is computed in the widest dtype of inputs and
 * parameters.
 */
public final class EmpiricalKernels {
    private final Network network;
    private final List<Integer> traceAxes;
    private final List<Integer> diagonalAxes;
    private final NtkImplementation implementation;
    private final long memory;
    private final ApplyOptions options;

    private EmpiricalKernels(
            Network network,
            List<Integer> traceAxes,
            List<Integer> diagonalAxes,
            NtkImplementation implementation,
            long memory,
            ApplyOptions options) {
        this.network = network;
        this.traceAxes = traceAxes;
        this.diagonalAxes = diagonalAxes;
        this.implementation = implementation;
        this.memory = memory;
        this.options = options;
    }

    static EmpiricalKernels of(Network network) {
        return new EmpiricalKernels(
                network,
                List.of(-1),
                List.of(),
                NtkImplementation.AUTO,
                MemoryBudget.standard(),
                ApplyOptions.defaults());
    }

    /** The same with the mean taken over these axes of the outputs, -1 by default. */
    public EmpiricalKernels traceAxes(int... axes) {
        return new EmpiricalKernels(
                network, list(axes), diagonalAxes, implementation, memory, options);
    }

    /** The same with equal places paired on these axes of the outputs, none by default. */
    public EmpiricalKernels diagonalAxes(int... axes) {
        return new EmpiricalKernels(
                network, traceAxes, list(axes), implementation, memory, options);
    }

    private static List<Integer> list(int... axes) {
        return IntStream.of(axes).boxed().toList();
    }

    /** The same with the NTK computed in a certain way; by default in the cheapest. */
    public EmpiricalKernels implementation(NtkImplementation value) {
        return new EmpiricalKernels(
                network, traceAxes, diagonalAxes, value, memory, options);
    }

    /**
     * The same within a number of bytes beside the kernel itself.
     *
     * @throws InputException when it is not positive
     */
    public EmpiricalKernels memory(long bytes) {
        if (bytes < 1) {
            throw new InputException(
                    "The memory budget is " + bytes + " bytes; a positive number is needed.");
        }
        return new EmpiricalKernels(
                network, traceAxes, diagonalAxes, implementation, bytes, options);
    }

    /**
     * The same with the network applied in a certain way. With a seed, what is random in the second
     * batch differs from what is in the first, unless they are the same.
     */
    public EmpiricalKernels options(ApplyOptions value) {
        return new EmpiricalKernels(
                network, traceAxes, diagonalAxes, implementation, memory, value);
    }

    EmpiricalKernels seed(long value) {
        return options(options.seed(value));
    }

    EmpiricalKernels threads(int count) {
        return options(options.threads(count));
    }

    /**
     * Estimates of the infinitely wide network's kernels: means of these over random parameters.
     *
     * @param seed the same seed gives the same estimates
     */
    public MonteCarloKernels monteCarlo(long seed) {
        return MonteCarloKernels.of(network, this, seed);
    }

    /**
     * The empirical NNGP.
     *
     * @param x1 the examples of the rows; borrowed
     * @param x2 the examples of the columns, or null for {@code x1} again
     * @return a tensor that the caller closes
     * @throws InputException when network, parameters, inputs and axes do not fit, and when the
     *     network has several inputs or outputs
     */
    public Tensor nngp(Parameters parameters, Tensor x1, @Nullable Tensor x2) {
        return Network.only(nngp(parameters, List.of(x1), x2 == null ? null : List.of(x2)));
    }

    /**
     * The empirical NTK: {@link #nngp(Parameters, Tensor, Tensor)}.
     *
     * @throws InputException also when a function in the network has no derivative, and when the
     *     memory budget is too small
     */
    public Tensor ntk(Parameters parameters, Tensor x1, @Nullable Tensor x2) {
        return Network.only(ntk(parameters, List.of(x1), x2 == null ? null : List.of(x2)));
    }

    /** The empirical NNGP of each output of a network of several inputs or outputs. */
    public List<Tensor> nngp(
            Parameters parameters, List<Tensor> x1, @Nullable List<Tensor> x2) {
        return each(parameters, x1, x2, EmpiricalExecutor::nngp);
    }

    /** The empirical NTK of each output; there are none between different outputs. */
    public List<Tensor> ntk(Parameters parameters, List<Tensor> x1, @Nullable List<Tensor> x2) {
        return each(
                parameters,
                x1,
                x2,
                (executor, first, second) -> executor.ntk(first, second, implementation));
    }

    /** What {@link #ntk(Parameters, Tensor, Tensor)} would do and take, for people. */
    public String describe(Parameters parameters, Tensor x1, @Nullable Tensor x2) {
        List<Tensor> arrays = parameters.arrays().toList();
        try (Application first = application(List.of(x1), options);
                Application second =
                        x2 == null ? null : application(List.of(x2), secondOptions())) {
            return executor(first, 0, first.dtype(arrays.stream()))
                    .describe(
                            first.side(0, arrays),
                            second == null ? null : second.side(0, arrays),
                            implementation);
        }
    }

    /**
     * Both kernels as inference asks for them.
     *
     * @param parameters borrowed for as long as the function is used
     */
    public KernelFunction at(Parameters parameters) {
        return (x1, x2, get) ->
                Kernels.of(
                        get,
                        name ->
                                name == KernelName.NNGP
                                        ? nngp(parameters, x1, x2)
                                        : ntk(parameters, x1, x2));
    }

    /**
     * The product of the NTK with a vector, J(x1) J(x2)ᵀ v, without the kernel: neither traced nor
     * diagonal axes matter.
     *
     * @param x2 the examples of the columns, or null for {@code x1} again
     * @param vector of the shape of the outputs for x2
     * @return an array of the shape of the outputs for x1, which the caller closes
     */
    public Tensor ntkVectorProduct(
            Parameters parameters, Tensor x1, @Nullable Tensor x2, Tensor vector) {
        List<Tensor> arrays = parameters.arrays().toList();
        try (Application first = application(List.of(x1), options);
                Application second =
                        x2 == null ? first : application(List.of(x2), secondOptions())) {
            Stream<Tensor> given = Stream.concat(Stream.of(vector, x1), arrays.stream());
            DType dtype = second.dtype(given);
            List<Tensor> gradient =
                    second.executor(dtype)
                            .pull(arrays, second.arrays(), List.of(second.batchFirst(vector)));
            try {
                return Network.only(first.inPlace(tangents(first, arrays, gradient, dtype)));
            } finally {
                gradient.forEach(Tensor::close);
            }
        }
    }

    /** The derivatives of the outputs along a direction of the parameters. */
    private static List<Tensor> tangents(
            Application application, List<Tensor> arrays, List<Tensor> direction, DType dtype) {
        List<Tensor> tangents = new ArrayList<>();
        for (Tensor coefficients :
                application
                        .executor(dtype)
                        .expand(arrays, direction, application.arrays(), 1)) {
            try (coefficients) {
                long[] shape = coefficients.shape().without(0).extents();
                tangents.add(coefficients.slice(0, 1, 2).reshape(shape).copy(dtype));
            }
        }
        return tangents;
    }

    private interface Computation {
        Tensor run(EmpiricalExecutor executor, TangentSide first, @Nullable TangentSide second);
    }

    private List<Tensor> each(
            Parameters parameters,
            List<Tensor> x1,
            @Nullable List<Tensor> x2,
            Computation computation) {
        List<Tensor> arrays = parameters.arrays().toList();
        Stream<Tensor> given =
                Stream.concat(arrays.stream(), Stream.ofNullable(x2).flatMap(List::stream));
        List<Tensor> kernels = new ArrayList<>();
        try (Application first = application(x1, options);
                Application second = x2 == null ? null : application(x2, secondOptions())) {
            DType dtype = first.dtype(given);
            for (int output = 0; output < first.outputShapes().size(); output++) {
                kernels.add(
                        computation.run(
                                executor(first, output, dtype),
                                first.side(output, arrays),
                                second == null ? null : second.side(output, arrays)));
            }
            return kernels;
        } catch (RuntimeException | Error failure) {
            kernels.forEach(Tensor::close);
            throw failure;
        }
    }

    private Application application(List<Tensor> x, ApplyOptions with) {
        return Application.of(network, x, with);
    }

    private ApplyOptions secondOptions() {
        Long seed = options.seedOrNull();
        return seed == null ? options : options.seed(Network.generator(seed).split().nextLong());
    }

    private EmpiricalExecutor executor(Application application, int output, DType dtype) {
        OutputPairs pairs =
                OutputPairs.of(
                        application.outputShapes().get(output),
                        application.batchAxes().get(output),
                        traceAxes,
                        diagonalAxes);
        return new EmpiricalExecutor(pairs, dtype, options.pool(), memory);
    }
}
