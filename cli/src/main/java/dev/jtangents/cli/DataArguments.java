package dev.jtangents.cli;

import dev.jtangents.layers.ApplyOptions;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.tensor.DType;
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

    /** Whether entries of this value stand for nothing. */
    boolean isMaskConstant(double value) {
        return maskConstant != null && Double.valueOf(value).equals(number(maskConstant));
    }

    /** The type that the user wishes, or null. */
    @Nullable DType dtype() {
        return dtype == null ? null : ExecutionArguments.dtype(dtype);
    }

    /** The defaults of finite networks, changed as the user wishes. */
    ApplyOptions applyTo(ApplyOptions defaults) {
        return maskConstant == null ? defaults : defaults.maskConstant(number(maskConstant));
    }

    /**
     * The defaults, changed as the user wishes.
     *
     * @throws InputException when a wish cannot be granted
     */
    KernelOptions applyTo(KernelOptions defaults) {
        KernelOptions options = defaults;
        DType type = dtype();
        if (type != null) {
            options = options.dtype(type);
        }
        if (maskConstant != null) {
            options = options.maskConstant(number(maskConstant));
        }
        return options;
    }

    /** Adds what changes the numbers of a kernel. */
    void identify(RunIdentity identity) {
        DType type = dtype();
        identity.put("dtype", type == null ? "of x1 and x2" : type.label());
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
