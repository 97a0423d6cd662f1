package dev.jtangents.cli;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.predict.KernelFunction;
import dev.jtangents.predict.KernelName;
import dev.jtangents.predict.Kernels;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.util.Set;

/** The kernels of a network, as the command predict asks for them; with progress on a stream. */
record NetworkKernels(Network network, KernelOptions options, PrintStream err)
        implements KernelFunction {
    @Override
    public Kernels kernel(Tensor x1, @Nullable Tensor x2, Set<KernelName> get) {
        String[] names = get.stream().map(KernelName::label).toArray(String[]::new);
        try (var progress = new ProgressReport("kernel", err)) {
            // Not closed: what is returned is its tensors.
            Kernel kernel =
                    network.kernel(
                            x1,
                            x2,
                            options.get(names)
                                    .execution(execution -> execution.withProgress(progress)));
            return new Kernels(
                    get.contains(KernelName.NNGP) ? kernel.nngp() : null,
                    get.contains(KernelName.NTK) ? kernel.ntk() : null);
        } catch (InputException failure) {
            throw new InputException(inWordsOfTheOptions(failure.getMessage(), x2), failure);
        }
    }

    /** Training examples are paired with themselves first, then test examples with them. */
    private static String inWordsOfTheOptions(String message, @Nullable Tensor x2) {
        if (!message.contains("x1") && !message.contains("x2")) {
            return message;
        }
        return message
                + (x2 == null ? " (x1 is --train-x.)" : " (x1 is --test-x, x2 is --train-x.)");
    }
}
