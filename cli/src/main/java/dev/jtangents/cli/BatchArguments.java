package dev.jtangents.cli;

import picocli.CommandLine.Option;

import java.util.List;

/** The options that name the examples of a kernel; shared by several commands. */
final class BatchArguments {
    @Option(
            names = "--x1",
            required = true,
            paramLabel = "A",
            description = {
                "Examples, (N, ...), channels last.",
                "Of a network of several inputs: once for each, from left to right."
            })
    private List<String> x1 = List.of();

    @Option(
            names = "--x2",
            paramLabel = "B",
            description = "More examples; without them those of --x1 again.")
    private List<String> x2 = List.of();

    /** Where the first batch is, a place for each input of the network. */
    List<String> x1() {
        return x1;
    }

    /** Where the second is; none where the first is meant again. */
    List<String> x2() {
        return x2;
    }
}
