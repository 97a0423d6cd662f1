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
 * shape (N, H, C) a kernel is (N1, N2, H, H, C, C). Of an axis that is <em>traced</em> the mean
 * over equal places is taken; one that is <em>diagonal</em> occurs once, with equal places paired.
 * By default the last axis is traced, so that a kernel of outputs (N, C) is (N1, N2) and comparable
 * to that of the infinitely wide network. Everything is computed in the widest dtype of inputs and
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
        return new EmpiricalKernels(network, traceAxes, diagonalAxes, value, memory, options);
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
     * batch differs from what is in the first, unless they are the same. Graphs are those of both
     * batches.
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
     * @param x2 the examples of the columns, or null for {@code x1} again, as which one of equal
     *     elements counts, too
     * @return a tensor that the caller closes
     * @throws InputException when network, parameters, inputs and axes do not fit, and when the
     *     network has several inputs or outputs
     * @throws java.util.concurrent.CancellationException when the calling thread is interrupted,
     *     which it stays
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
    public List<Tensor> nngp(Parameters parameters, List<Tensor> x1, @Nullable List<Tensor> x2) {
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
        return describe(parameters, List.of(x1), x2 == null ? null : List.of(x2));
    }

    /** The same of a network of several inputs or outputs, with a line for each output. */
    public String describe(Parameters parameters, List<Tensor> x1, @Nullable List<Tensor> x2) {
        return String.join(
                System.lineSeparator(),
                of(
                        parameters,
                        x1,
                        x2,
                        (executor, first, second) ->
                                executor.describe(first, second, implementation)));
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
        try (Application first = application(List.of(x1));
                Application second = second(List.of(x1), x2 == null ? null : List.of(x2))) {
            Application columns = second == null ? first : second;
            Stream<Tensor> given = Stream.concat(Stream.of(vector, x1), arrays.stream());
            DType dtype = columns.dtype(given);
            List<Tensor> gradient = columns.gradient(arrays, vector, dtype);
            try {
                return Network.only(first.derivatives(arrays, gradient, dtype));
            } finally {
                gradient.forEach(Tensor::close);
            }
        }
    }

    private interface Computation<T> {
        T run(EmpiricalExecutor executor, TangentSide first, @Nullable TangentSide second);
    }

    /** Tensors of each output; those before one that fails are closed. */
    private List<Tensor> each(
            Parameters parameters,
            List<Tensor> x1,
            @Nullable List<Tensor> x2,
            Computation<Tensor> computation) {
        List<Tensor> kernels = new ArrayList<>();
        try {
            of(
                    parameters,
                    x1,
                    x2,
                    (executor, first, second) ->
                            kernels.add(computation.run(executor, first, second)));
            return kernels;
        } catch (RuntimeException | Error failure) {
            kernels.forEach(Tensor::close);
            throw failure;
        }
    }

    /** Something of each output. */
    private <T> List<T> of(
            Parameters parameters,
            List<Tensor> x1,
            @Nullable List<Tensor> x2,
            Computation<T> computation) {
        List<Tensor> arrays = parameters.arrays().toList();
        Stream<Tensor> given =
                Stream.concat(arrays.stream(), Stream.ofNullable(x2).flatMap(List::stream));
        List<T> results = new ArrayList<>();
        try (Application first = application(x1);
                Application second = second(x1, x2)) {
            DType dtype = first.dtype(given);
            for (int output = 0; output < first.outputShapes().size(); output++) {
                results.add(
                        computation.run(
                                executor(first, output, dtype),
                                first.side(output, arrays),
                                second == null ? null : second.side(output, arrays)));
            }
            return results;
        }
    }

    private Application application(List<Tensor> x1) {
        return Application.of(network, x1, options);
    }

    /** The network on the second batch, or null when that is the first again. */
    private @Nullable Application second(List<Tensor> x1, @Nullable List<Tensor> x2) {
        if (x2 == null || same(x1, x2)) {
            return null;
        }
        Long seed = options.seedOrNull();
        return Application.of(
                network,
                x2,
                seed == null ? options : options.seed(Network.generator(seed).split().nextLong()));
    }

    private static boolean same(List<Tensor> x1, List<Tensor> x2) {
        return x1.size() == x2.size()
                && IntStream.range(0, x1.size()).allMatch(i -> same(x1.get(i), x2.get(i)));
    }

    private static boolean same(Tensor x, Tensor y) {
        return x == y
                || x.dtype() == y.dtype()
                        && x.shape().equals(y.shape())
                        && x.isContiguous()
                        && y.isContiguous()
                        && x.segment().mismatch(y.segment()) == -1;
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
