package dev.jtangents.layers;

import dev.jtangents.graph.finite.FiniteExecutor;
import dev.jtangents.graph.finite.FiniteProgram;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A finite network on certain inputs: its program, and how the inputs and outputs of the network
 * lie in those of the program, whose first axis is that of examples.
 */
final class Application {
    private final FiniteProgram program;
    private final List<Tensor> arrays;
    private final List<Signal> outputs;
    private final ApplyOptions options;

    private Application(
            FiniteProgram program,
            List<Tensor> arrays,
            List<Signal> outputs,
            ApplyOptions options) {
        this.program = program;
        this.arrays = arrays;
        this.outputs = outputs;
        this.options = options;
    }

    /**
     * The program of a network on inputs, which are borrowed.
     *
     * @throws InputException when the network cannot be applied to such inputs
     */
    static Application of(Network network, List<Tensor> x, ApplyOptions options) {
        NetworkInputs inputs = NetworkInputs.of(network, x.size());
        var finite = new FiniteNetwork(options);
        List<Signal> signals = new ArrayList<>();
        for (int index = 0; index < x.size(); index++) {
            Tensor array = x.get(index);
            signals.add(finite.input(array, inputs.axes().get(index).batchIn(array.shape())));
        }
        if (signals.stream().mapToLong(Signal::examples).distinct().count() > 1) {
            throw new InputException(
                    "The inputs have "
                            + signals.stream().map(Signal::examples).toList()
                            + " examples: all inputs of a network are of the same examples.");
        }
        List<Signal> outputs =
                network.append(finite, inputs.places().map(signals::get)).leaves().toList();
        return new Application(finite.program(outputs), finite.arrays(), outputs, options);
    }

    FiniteProgram program() {
        return program;
    }

    /** The arrays that the program takes of each example, examples first. */
    List<Tensor> arrays() {
        return arrays;
    }

    /** The shapes of the network's outputs. */
    List<Shape> outputShapes() {
        return outputs.stream().map(Signal::shape).toList();
    }

    /** The axes of examples of the network's outputs. */
    List<Integer> batchAxes() {
        return outputs.stream().map(Signal::batchAxis).toList();
    }

    /** The type in which the network is computed: the widest of those given. */
    DType dtype(Stream<Tensor> parameters) {
        return Stream.concat(arrays.stream(), parameters)
                .map(Tensor::dtype)
                .reduce(DType::wider)
                .orElse(DType.F64);
    }

    FiniteExecutor executor(DType dtype) {
        return new FiniteExecutor(program, dtype, options.pool());
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
}
