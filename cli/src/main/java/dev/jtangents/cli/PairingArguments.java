package dev.jtangents.cli;

import dev.jtangents.layers.KernelOptions;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Objects;

/** The options that say what is paired with what; shared by several commands. */
final class PairingArguments {
    @Option(
            names = "--diagonal-spatial",
            arity = "1",
            paramLabel = "BOOL",
            description =
                    "Whether equal positions only are paired; without it the network decides.")
    private @Nullable Boolean diagonalSpatial;

    @Option(
            names = "--diagonal-batch",
            arity = "1",
            paramLabel = "BOOL",
            description =
                    "Whether cov1 and cov2 pair each example with itself only, as by default.")
    private @Nullable Boolean diagonalBatch;

    /** Adds what changes the numbers of a kernel. */
    void identify(RunIdentity identity) {
        identity.put("diagonal_spatial", Objects.requireNonNullElse(diagonalSpatial, false));
    }

    /** The defaults, changed as the user wishes. */
    KernelOptions applyTo(KernelOptions defaults) {
        KernelOptions options = defaults;
        if (diagonalSpatial != null) {
            options = options.diagonalSpatial(diagonalSpatial);
        }
        if (diagonalBatch != null) {
            options = options.diagonalBatch(diagonalBatch);
        }
        return options;
    }
}
