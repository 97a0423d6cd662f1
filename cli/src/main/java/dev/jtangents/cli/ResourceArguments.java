package dev.jtangents.cli;

import dev.jtangents.graph.ExecutionOptions;
import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options that say how much of the machine a command may take; shared by several commands. */
final class ResourceArguments {
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

    /**
     * The defaults, changed as the user wishes.
     *
     * @throws InputException when a wish cannot be granted
     */
    ExecutionOptions applyTo(ExecutionOptions defaults) {
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
        return options;
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
}
