package dev.jtangents.cli;

import dev.jtangents.layers.Model;
import dev.jtangents.layers.Network;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** The option that names the network; shared by all commands that have one. */
final class ModelArgument {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "M.json",
            description = "The network, in the model language.")
    private Path file = Path.of("");

    /** Where the network is described. */
    Path file() {
        return file;
    }

    /**
     * The network.
     *
     * @throws dev.jtangents.tensor.InputException when the file is not a model
     * @throws java.io.UncheckedIOException when it cannot be read
     */
    Network read() {
        return Model.read(file);
    }
}
