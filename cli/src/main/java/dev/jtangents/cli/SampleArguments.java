package dev.jtangents.cli;

import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Arrays;

/** The options that say how many networks a Monte Carlo estimate takes. */
final class SampleArguments {
    private static final int MOST = 100_000;

    @Option(
            names = "--samples",
            paramLabel = "COUNTS",
            description =
                    "How many networks, or several such numbers separated by commas, for an"
                            + " estimate after each.")
    private @Nullable String samples;

    @Option(
            names = "--tolerance",
            paramLabel = "R",
            description =
                    "In place of --samples: as many networks as it takes for the relative standard"
                            + " error of each kernel to fall to this.")
    private @Nullable Double tolerance;

    @Option(
            names = "--most",
            paramLabel = "N",
            description = "When --tolerance gives up; 100000 networks unless given.")
    private @Nullable Integer most;

    /**
     * The numbers of samples that these options ask for.
     *
     * @param threads that sample side by side
     * @throws InputException when they make no sense
     */
    SampleSchedule schedule(int threads) {
        if ((samples == null) == (tolerance == null)) {
            throw new InputException(
                    "Say how many networks to sample: either --samples, as in 10,100,1000, or"
                            + " --tolerance, as in 0.01.");
        }
        if (tolerance == null) {
            if (most != null) {
                throw new InputException(
                        "--most " + most + ": this option goes with --tolerance only.");
            }
            return SampleSchedule.counts(counts(String.valueOf(samples)), threads);
        }
        if (!(tolerance > 0 && Double.isFinite(tolerance))) {
            throw new InputException(
                    "--tolerance " + tolerance + ": a finite number above 0 is needed.");
        }
        if (most != null && most < 1) {
            throw new InputException("--most " + most + ": at least 1 is needed.");
        }
        return SampleSchedule.tolerance(tolerance, most == null ? MOST : most);
    }

    private static int[] counts(String text) {
        try {
            int[] counts =
                    Arrays.stream(text.split(",", -1))
                            .map(String::strip)
                            .mapToInt(Integer::parseInt)
                            .toArray();
            if (Arrays.stream(counts).allMatch(count -> count > 0)) {
                return counts;
            }
        } catch (NumberFormatException notANumber) {
            // The same message as for a number below 1.
        }
        throw new InputException(
                "--samples "
                        + text
                        + ": give numbers from 1 to "
                        + Integer.MAX_VALUE
                        + ", as in 10,100,1000.");
    }
}
