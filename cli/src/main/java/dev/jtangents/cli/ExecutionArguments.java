package dev.jtangents.cli;

import dev.jtangents.graph.ExecutionOptions;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options that say where and how a kernel is computed; shared by several commands. */
final class ExecutionArguments {
    private static final Pattern BYTES =
            Pattern.compile("(\\d{1,18}|\\d{1,9}\\.\\d{1,9})([kmgt]?)(?:i?b)?");

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = {
                "The budget for results and scratch memory, as in 4g or 800m.",
                "Without it: what the JVM may use, most of the machine's memory."
            })
    private @Nullable String memory;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Worker threads; without it one per core.")
    private @Nullable Integer threads;

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
        ExecutionOptions options = defaults;
        if (memory != null) {
            options = options.withMemory(bytes(memory));
        }
        if (threads != null) {
            if (threads < 1) {
                throw new InputException("--threads " + threads + ": at least 1 is needed.");
            }
            options = options.withThreads(threads);
        }
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

    /** A number of bytes, as in 1.5g. */
    static long bytes(String text) {
        Matcher matcher = BYTES.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            double unit =
                    Math.pow(
                            1024,
                            " kmgt".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2)));
            double value = Double.parseDouble(matcher.group(1)) * unit;
            if (value >= 1 && value < Long.MAX_VALUE) {
                return (long) value;
            }
        }
        throw new InputException(
                "--memory " + text + ": expected a size such as 4g, 1.5g or 800m.");
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
