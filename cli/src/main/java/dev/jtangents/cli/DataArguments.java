package dev.jtangents.cli;

import dev.jtangents.layers.KernelOptions;
import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** The options that say how examples are read; shared by several commands. */
final class DataArguments {
    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "f32 or f64 for kernels; without it the type of the examples.")
    private @Nullable String dtype;

    @Option(
            names = "--mask-constant",
            paramLabel = "V",
            description =
                    "A number or nan: entries that have it stand for nothing, as the padding of"
                            + " short texts does.")
    private @Nullable String maskConstant;

    boolean hasMasks() {
        return maskConstant != null;
    }

    /**
     * The defaults, changed as the user wishes.
     *
     * @throws InputException when a wish cannot be granted
     */
    KernelOptions applyTo(KernelOptions defaults) {
        KernelOptions options = defaults;
        if (dtype != null) {
            options = options.dtype(ExecutionArguments.dtype(dtype));
        }
        if (maskConstant != null) {
            options = options.maskConstant(number(maskConstant));
        }
        return options;
    }

    /** Adds what changes the numbers of a kernel. */
    void identify(RunIdentity identity) {
        identity.put(
                "dtype", dtype == null ? "of x1 and x2" : ExecutionArguments.dtype(dtype).label());
        identity.put("mask_constant", maskConstant == null ? "none" : number(maskConstant));
    }

    private static double number(String text) {
        if (text.equalsIgnoreCase("nan")) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException notANumber) {
            throw new InputException(
                    "--mask-constant " + text + ": give a number, or nan.", notANumber);
        }
    }
}
