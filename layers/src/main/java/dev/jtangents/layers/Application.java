package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteExecutor;
import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.graph.finite.TangentSide;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A finite network on certain inputs: its program, and how the inputs and outputs of the network
 * lie in those of the program, whose first axis is that of examples. Closing it frees what was made
 * of the inputs, not the inputs.
 */
final class Application implements AutoCloseable {
    private final FiniteNetwork network;
    private final FiniteProgram program;
    private final List<Signal> outputs;
    private final List<Tensor> inputs;

    private Application(FiniteNetwork network, List<Signal> outputs, List<Tensor> inputs) {
        this.network = network;
        this.program = network.program(outputs);
        this.outputs = outputs;
        this.inputs = inputs;
    }

    /**
     * The program of a network on inputs, which are borrowed.
     *
     * @throws InputException when the network cannot be applied to such inputs
     */
    static Application of(Network network, List<Tensor> x, ApplyOptions options) {
        NetworkInputs inputs = NetworkInputs.of(network, x.size());
        var finite = new FiniteNetwork(options);
        try {
            return new Application(finite, outputs(network, finite, inputs, x), x);
        } catch (RuntimeException | Error failure) {
            finite.close();
            throw failure;
        }
    }

    private static List<Signal> outputs(
            Network network, FiniteNetwork finite, NetworkInputs inputs, List<Tensor> x) {
        List<Signal> signals = new ArrayList<>();
        for (int index = 0; index < x.size(); index++) {
            signals.add(finite.input(x.get(index), inputs.axes().get(index)));
        }
        if (signals.stream().mapToLong(Signal::examples).distinct().count() > 1) {
            throw new InputException(
                    "The inputs have "
                            + signals.stream().map(Signal::examples).toList()
                            + " examples: all inputs of a network are of the same examples.");
        }
        return network.append(finite, inputs.places().map(signals::get)).leaves().toList();
    }

    FiniteProgram program() {
        return program;
    }

    /** One output as one batch of an empirical kernel; only while this is open. */
    TangentSide side(int output, List<Tensor> parameters) {
        return new TangentSide(network.program(List.of(outputs.get(output))), parameters, arrays());
    }

    /** The arrays that the program takes of each example, examples first. */
    List<Tensor> arrays() {
        return network.arrays();
    }

    /** The shapes of the network's outputs. */
    List<Shape> outputShapes() {
        return outputs.stream().map(Signal::shape).toList();
    }

    /** The axes of examples of the network's outputs. */
    List<Integer> batchAxes() {
        return outputs.stream().map(Signal::batchAxis).toList();
    }

    /** The type in which the network is computed: the widest of its inputs and parameters. */
    DType dtype(Stream<Tensor> parameters) {
        return Stream.concat(inputs.stream(), parameters)
                .map(Tensor::dtype)
                .reduce(DType::wider)
                .orElse(DType.F64);
    }

    FiniteExecutor executor(DType dtype) {
        return new FiniteExecutor(program(), dtype, network.options().pool());
    }

    /** The derivatives of the network's outputs along a direction of the parameters. */
    List<Tensor> derivatives(List<Tensor> parameters, List<Tensor> direction, DType dtype) {
        List<Tensor> expansions = executor(dtype).expand(parameters, direction, arrays(), 1);
        try {
            return inPlace(expansions.stream().map(Application::slope).toList());
        } finally {
            expansions.forEach(Tensor::close);
        }
    }

    private static Tensor slope(Tensor coefficients) {
        long[] shape = coefficients.shape().without(0).extents();
        return coefficients.slice(0, 1, 2).reshape(shape);
    }

    /** The derivatives by the parameters of the sum of the only output times a cotangent. */
    List<Tensor> gradient(List<Tensor> parameters, Tensor cotangent, DType dtype) {
        return executor(dtype).pull(parameters, arrays(), List.of(batchFirst(cotangent)));
    }

    /** An array of the shape of the only output, seen with examples first. */
    Tensor batchFirst(Tensor array) {
        if (outputs.size() != 1 || !array.shape().equals(outputs.getFirst().shape())) {
            throw new InputException(
                    "The vector has shape "
                            + array.shape()
                            + "; the outputs have "
                            + outputShapes()
                            + ".");
        }
        return FiniteNetwork.batchFirst(array, outputs.getFirst().batchAxis());
    }

    /** The outputs of the program as those of the network; closes them. */
    List<Tensor> inPlace(List<Tensor> batchFirst) {
        List<Tensor> results = new ArrayList<>();
        try {
            for (int i = 0; i < batchFirst.size(); i++) {
                Tensor array = batchFirst.get(i);
                Signal output = outputs.get(i);
                results.add(
                        FiniteNetwork.batchBack(array, output.shape(), output.batchAxis())
                                .copy(array.dtype()));
            }
            return results;
        } catch (RuntimeException | Error failure) {
            results.forEach(Tensor::close);
            throw failure;
        } finally {
            batchFirst.forEach(Tensor::close);
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
