package dev.jtangents.cli;

import dev.jtangents.io.ArrayFiles;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The examples between which a kernel of finite networks is computed.
 *
 * @param x1 one array for each input of the network
 * @param x2 more examples, or null for those of {@code x1} again
 */
record FiniteExamples(List<Tensor> x1, @Nullable List<Tensor> x2) implements AutoCloseable {
    /**
     * Reads examples.
     *
     * @param x1 locations as {@link ArrayFiles#read(String)} takes them
     * @param x2 more locations, or none
     * @throws InputException when one cannot be read, and when the network cannot take them
     */
    static FiniteExamples read(
            Network network, List<String> x1, List<String> x2, DataArguments data) {
        if (network.readsGraphs()) {
            throw new InputException(
                    "The network has an Aggregate layer, for which kernels of finite networks take"
                            + " no graphs here; the command kernel does, with --pattern1.");
        }
        List<Tensor> first = read("--x1", x1, data);
        List<Tensor> second = null;
        try {
            second = x2.isEmpty() ? null : read("--x2", x2, data);
            var examples = new FiniteExamples(first, second);
            examples.requireOneKind(network);
            return examples;
        } catch (RuntimeException | Error failure) {
            new FiniteExamples(first, second).close();
            throw failure;
        }
    }

    private static List<Tensor> read(String option, List<String> locations, DataArguments data) {
        List<Tensor> tensors = new ArrayList<>();
        try {
            for (String location : locations) {
                Tensor tensor = read(location, data.dtype());
                tensors.add(tensor);
                requireNumbers(option + " " + location, tensor, data);
            }
            return tensors;
        } catch (RuntimeException | Error failure) {
            tensors.forEach(Tensor::close);
            throw failure;
        }
    }

    private static Tensor read(String location, @Nullable DType dtype) {
        Tensor tensor = ArrayFiles.read(location);
        if (dtype == null || dtype == tensor.dtype()) {
            return tensor;
        }
        try (tensor) {
            return tensor.copy(dtype);
        }
    }

    private static void requireNumbers(String name, Tensor tensor, DataArguments data) {
        if (tensor.shape().rank() == 0 || tensor.size() == 0) {
            throw new InputException(
                    name
                            + " has shape "
                            + tensor.shape()
                            + "; examples have shape (N, ...), and at least one is needed.");
        }
        for (long i = 0; i < tensor.size(); i++) {
            double value = tensor.dtype().read(tensor.segment(), i);
            if (!Double.isFinite(value) && !data.isMaskConstant(value)) {
                throw new InputException(
                        name
                                + " has an entry that is "
                                + value
                                + ": remove it, or mask such entries with --mask-constant.");
            }
        }
    }

    /** Networks have the same parameters for both batches. */
    private void requireOneKind(Network network) {
        if (x2 == null || x1.size() != 1 || x2.size() != 1) {
            return;
        }
        Shape first = x1.getFirst().shape();
        Shape second = x2.getFirst().shape();
        long needed = network.parameterCount(first);
        long given = network.parameterCount(second);
        if (needed != given) {
            throw new InputException(
                    "--x2 has shape "
                            + second
                            + " and --x1 "
                            + first
                            + ", for which the network has "
                            + given
                            + " and "
                            + needed
                            + " parameters: give examples of one shape.");
        }
    }

    /** What the first input of the network gets. */
    Tensor firstX1() {
        return x1.getFirst();
    }

    /** The same of the second batch, or null. */
    @Nullable Tensor firstX2() {
        return x2 == null ? null : x2.getFirst();
    }

    /** The shapes of the first batch. */
    List<Shape> shapes() {
        return x1.stream().map(Tensor::shape).toList();
    }

    /** The widest type of all examples. */
    DType dtype() {
        DType first = widest(x1);
        return x2 == null ? first : DType.wider(first, widest(x2));
    }

    private static DType widest(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::dtype).reduce(DType.F32, DType::wider);
    }

    @Override
    public void close() {
        x1.forEach(Tensor::close);
        if (x2 != null) {
            x2.forEach(Tensor::close);
        }
    }
}
