package dev.jtangents.cli;

import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.util.Set;

/** The kernels of a network, as the command predict asks for them; with progress on a stream. */
record NetworkKernels(Network network, KernelOptions options, PrintStream err)
        implements KernelFunction {
    @Override
    public Kernels kernels(Tensor x1, @Nullable Tensor x2, Set<KernelName> get) {
        try (var progress = new ProgressReport("kernel", err)) {
            return network.kernelFunction(
                            options.execution(execution -> execution.withProgress(progress)))
                    .kernels(x1, x2, get);
        } catch (InputException failure) {
            throw new InputException(inWordsOfTheOptions(failure.getMessage(), x2), failure);
        }
    }

    /** Training examples are paired with themselves first, then test examples with them. */
    private static String inWordsOfTheOptions(String given, @Nullable Tensor x2) {
        String message = given.replace(", or write the result to a file", " with --memory");
        if (!message.contains("x1") && !message.contains("x2")) {
            return message;
        }
        return message
                + (x2 == null ? " (x1 is --train-x.)" : " (x1 is --test-x, x2 is --train-x.)");
    }
}
