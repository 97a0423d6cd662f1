package dev.jtangents.cli;

import dev.jtangents.graph.ExecutionOptions;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Locale;

/** The options that say where and how a kernel is computed; shared by several commands. */
final class ExecutionArguments {
    @Mixin private ResourceArguments resources = new ResourceArguments();

    @Option(
            names = "--tile",
            paramLabel = "N",
            description = "The side of the tiles that threads claim, a multiple of 256.")
    private @Nullable Integer tile;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "auto or cpu; there is no cuda in this version.")
    private String device = "auto";

    /**
     * The defaults, changed as the user wishes.
     *
     * @throws InputException when a wish cannot be granted
     */
    ExecutionOptions applyTo(ExecutionOptions defaults) {
        requireDevice();
        ExecutionOptions options = resources.applyTo(defaults);
        if (tile != null) {
            if (tile < 256 || tile % 256 != 0) {
                throw new InputException(
                        "--tile " + tile + ": a positive multiple of 256 is needed.");
            }
            options = options.withTile(tile);
        }
        return options;
    }

    private void requireDevice() {
        switch (device.toLowerCase(Locale.ROOT)) {
            case "auto", "cpu" -> {}
            case "cuda" ->
                    throw new InputException(
                            "--device cuda: this version computes on the CPU only; leave the option"
                                    + " out.");
            default ->
                    throw new InputException(
                            "--device " + device + ": there is no such device; give auto or cpu.");
        }
    }

    /** The dtype of a name. */
    static DType dtype(String name) {
        for (DType dtype : DType.values()) {
            if (dtype.label().equals(name.toLowerCase(Locale.ROOT))) {
                return dtype;
            }
        }
        throw new InputException("--dtype " + name + ": give f32 or f64.");
    }
}
