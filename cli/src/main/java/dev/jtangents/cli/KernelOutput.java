package dev.jtangents.cli;

import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where a kernel goes. Closing it without {@link #finish} leaves no file under its name, and beside
 * it at most what a later run can go on from.
 */
interface KernelOutput extends AutoCloseable {
    /**
     * The place that the user named, or a summary on a stream.
     *
     * @param resume whether to go on from what an interrupted run has left there
     * @throws InputException when nothing can be written there
     */
    static KernelOutput to(
            @Nullable Path file, List<KernelField> fields, boolean resume, Streams streams) {
        boolean inMemory =
                file == null
                        || OutputFile.extension("--out", file, List.of("npz", "npy")).equals("npz");
        if (inMemory && resume) {
            throw new InputException(
                    "--resume: "
                            + (file == null ? "a summary" : file)
                            + " is made in memory, which an interrupted run does not leave; write"
                            + " to a file with --out K.npy.");
        }
        if (file == null) {
            return kernels -> KernelSummary.print(kernels, fields, streams.out());
        }
        return inMemory
                ? new NpzOutput(file, fields, streams.out())
                : NpyOutput.to(file, fields, resume, streams);
    }

    /**
     * The options of the computation, changed so that its result can go here.
     *
     * @param outputs the number of outputs of the network, each of which has a kernel
     * @param identity tells what the kernel's numbers depend on, which takes reading all inputs
     * @throws InputException when so many kernels cannot go here
     */
    default KernelOptions configure(
            KernelOptions options, int outputs, Supplier<RunIdentity> identity) {
        return options;
    }

    /** Writes what was computed, a kernel for each output of the network. */
    void finish(List<Kernel> kernels);

    @Override
    default void close() {}
}
