package dev.jtangents.layers;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.graph.finite.EmpiricalExecutor;
import dev.jtangents.graph.finite.OutputPairs;
import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.MemoryBudget;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The empirical kernels of any function of parameters and inputs, whatever its code: what {@link
 * EmpiricalKernels} are for networks. The first axis of inputs and outputs is that of examples,
 * which must not influence each other. Immutable.
 */
public final class FunctionKernels {
    private final ParametricFunction function;
    private final List<Integer> traceAxes;
    private final List<Integer> diagonalAxes;

    private FunctionKernels(
            ParametricFunction function, List<Integer> traceAxes, List<Integer> diagonalAxes) {
        this.function = function;
        this.traceAxes = traceAxes;
        this.diagonalAxes = diagonalAxes;
    }

    /** The kernels of a function; their NTK needs a {@link DifferentiableFunction}. */
    public static FunctionKernels of(ParametricFunction function) {
        return new FunctionKernels(function, List.of(-1), List.of());
    }

    /** The same with the mean taken over these axes of the outputs, -1 by default. */
    public FunctionKernels traceAxes(int... axes) {
        return new FunctionKernels(function, IntStream.of(axes).boxed().toList(), diagonalAxes);
    }

    /** The same with equal places paired on these axes of the outputs, none by default. */
    public FunctionKernels diagonalAxes(int... axes) {
        return new FunctionKernels(function, traceAxes, IntStream.of(axes).boxed().toList());
    }

    /**
     * The empirical NNGP, f(x1) f(x2)ᵀ.
     *
     * @param x2 the examples of the columns, or null for {@code x1} again
     * @return a tensor that the caller closes
     * @throws InputException when the axes do not fit the outputs
     */
    public Tensor nngp(Parameters parameters, Tensor x1, @Nullable Tensor x2) {
        try (Tensor first = outputs(parameters, x1);
                Tensor second = x2 == null ? null : outputs(parameters, x2)) {
            DType dtype =
                    second == null ? first.dtype() : DType.wider(first.dtype(), second.dtype());
            return executor(first, dtype).nngp(first, second);
        }
    }

    private Tensor outputs(Parameters parameters, Tensor x) {
        Tensor outputs = function.apply(parameters, x);
        if (outputs.shape().rank() > 0 && outputs.shape().extent(0) == x.shape().extent(0)) {
            return outputs;
        }
        try (outputs) {
            throw new InputException(
                    "The function makes an array of shape "
                            + outputs.shape()
                            + " of inputs of shape "
                            + x.shape()
                            + ": the first axis of both has to be that of examples.");
        }
    }

    /**
     * The empirical NTK, by a vector-Jacobian product for each output of each example of x2 and a
     * Jacobian-vector product of x1 with it.
     *
     * @throws InputException also when the function has no derivatives, or derivatives of another
     *     shape than its outputs
     */
    public Tensor ntk(Parameters parameters, Tensor x1, @Nullable Tensor x2) {
        if (!(function instanceof DifferentiableFunction differentiable)) {
            throw new InputException(
                    "The NTK of a function needs its derivatives: implement"
                            + " DifferentiableFunction, or ask for the NNGP alone.");
        }
        Tensor columns = x2 == null ? x1 : x2;
        try (Tensor first = outputs(parameters, x1)) {
            Shape shape = first.shape();
            return executor(first, DType.wider(first.dtype(), columns.dtype()))
                    .ntk(
                            shape.extent(0),
                            columns.shape().extent(0),
                            (example, place) ->
                                    column(
                                            differentiable,
                                            parameters,
                                            x1,
                                            columns.slice(0, example, example + 1),
                                            shape,
                                            place));
        }
    }

    private static Tensor column(
            DifferentiableFunction function,
            Parameters parameters,
            Tensor x1,
            Tensor example,
            Shape outputs,
            int place) {
        try (Tensor cotangent = Tensor.allocate(DType.F64, outputs.with(0, 1))) {
            cotangent.reshape(cotangent.size()).set(1, place);
            try (Parameters gradient = function.pullBack(parameters, example, cotangent)) {
                Tensor tangent = function.pushForward(parameters, gradient, x1);
                if (tangent.shape().equals(outputs)) {
                    return tangent;
                }
                try (tangent) {
                    throw new InputException(
                            "The function makes an array of shape "
                                    + outputs
                                    + ", but its derivative has shape "
                                    + tangent.shape()
                                    + ".");
                }
            }
        }
    }

    /** Both kernels as inference asks for them; parameters are borrowed as long as it is used. */
    public KernelFunction at(Parameters parameters) {
        return (x1, x2, get) ->
                Kernels.of(
                        get,
                        name ->
                                name == KernelName.NNGP
                                        ? nngp(parameters, x1, x2)
                                        : ntk(parameters, x1, x2));
    }

    private EmpiricalExecutor executor(Tensor outputs, DType dtype) {
        return new EmpiricalExecutor(
                OutputPairs.of(outputs.shape(), 0, traceAxes, diagonalAxes),
                dtype,
                WorkerPool.of(1),
                MemoryBudget.standard());
    }
}
