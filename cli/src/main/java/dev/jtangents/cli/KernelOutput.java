package dev.jtangents.cli;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** Where a kernel goes. Closing it without {@link #finish} leaves no file behind. */
interface KernelOutput extends AutoCloseable {
    /**
     * The place that the user named, or a summary on a stream.
     *
     * @throws InputException when nothing can be written there
     */
    static KernelOutput to(@Nullable Path file, List<KernelField> fields, PrintStream out) {
        if (file == null) {
            return kernels -> KernelSummary.print(kernels, fields, out);
        }
        return switch (OutputFile.extension(file, List.of("npz", "npy"))) {
            case "npz" -> new NpzOutput(file, fields, out);
            default -> NpyOutput.to(file, fields, out);
        };
    }

    /**
     * The options of the computation, changed so that its result can go here.
     *
     * @param outputs the number of outputs of the network, each of which has a kernel
     * @throws InputException when so many kernels cannot go here
     */
    default KernelOptions configure(KernelOptions options, int outputs) {
        return options;
    }

    /** Writes what was computed, a kernel for each output of the network. */
    void finish(List<Kernel> kernels);

    @Override
    default void close() {}
}
