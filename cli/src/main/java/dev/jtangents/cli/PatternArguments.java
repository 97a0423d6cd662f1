package dev.jtangents.cli;

import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.List;
import java.util.stream.Stream;

/** The options that name the graphs of Aggregate layers. */
final class PatternArguments {
    @Option(
            names = "--pattern1",
            paramLabel = "P",
            description =
                    "The graphs that Aggregate layers sum over, one for each example of --x1:"
                        + " weights (N, nodes, nodes), or edges (N, edges, 2) where the layer is"
                        + " SPARSE.")
    private @Nullable String pattern1;

    @Option(
            names = "--pattern2",
            paramLabel = "Q",
            description = "The graphs of the examples of --x2.")
    private @Nullable String pattern2;

    /**
     * Reads the graphs of the first batch, and of the second when there is one.
     *
     * @throws InputException when they cannot be read, or are not those that the network needs
     */
    InputArrays read(Network network, boolean second) {
        require("--pattern1", pattern1, network.readsGraphs(), "--x1");
        if (pattern2 != null && !second) {
            throw new InputException(
                    "--pattern2 " + pattern2 + ": there is no second batch; give --x2.");
        }
        require("--pattern2", pattern2, network.readsGraphs() && second, "--x2");
        return InputArrays.read(Stream.of(pattern1, pattern2).flatMap(Stream::ofNullable).toList());
    }

    /** These options with the graphs of one or two batches, or with none. */
    static KernelOptions apply(InputArrays graphs, KernelOptions options) {
        List<Tensor> patterns = graphs.tensors();
        return patterns.isEmpty()
                ? options
                : options.pattern(patterns.getFirst(), patterns.getLast());
    }

    private static void require(
            String option, @Nullable String file, boolean needed, String examples) {
        if (needed && file == null) {
            throw new InputException(
                    "The network has an Aggregate layer, which sums over the edges of graphs: give"
                            + " "
                            + option
                            + ", a graph for each example of "
                            + examples
                            + ".");
        }
        if (!needed && file != null) {
            throw new InputException(
                    option
                            + " "
                            + file
                            + ": the network has no Aggregate layer, which reads graphs; leave"
                            + " the option out.");
        }
    }
}
