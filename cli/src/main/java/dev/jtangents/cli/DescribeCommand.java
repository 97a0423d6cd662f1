package dev.jtangents.cli;

import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Shows what a network is and how its kernel would be computed. */
@CommandLine.Command(
        name = "describe",
        description = "Shows what a kernel would take, before anything is computed.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  jtangents describe --model M.json --input 784",
            "  jtangents describe --model M.json --input 32x32x3 --n1 60000 --n2 10000 --dtype f32",
            "  jtangents describe --model M.json --input 32x32x3 --input 100x50"
        })
final class DescribeCommand implements Command {
    @Mixin private ModelArgument model = new ModelArgument();

    @Option(
            names = "--input",
            required = true,
            paramLabel = "SHAPE",
            description = {
                "The shape of one example, as in 784 or 32x32x3 (channels last).",
                "Of a network of several inputs: once for each, from left to right."
            })
    private List<String> inputs = List.of();

    @Option(names = "--n1", paramLabel = "N", description = "Examples of x1; 1000 unless given.")
    private long n1 = 1000;

    @Option(
            names = "--n2",
            paramLabel = "N",
            description = "Examples of x2; without it those of x1 again.")
    private @Nullable Long n2;

    @Option(
            names = "--get",
            paramLabel = "NAMES",
            description = "As for kernel; nngp,ntk unless given.")
    private String get = "nngp,ntk";

    @Option(names = "--dtype", paramLabel = "TYPE", description = "f32 or f64; f64 unless given.")
    private String dtype = "f64";

    @Mixin private PairingArguments pairing = new PairingArguments();

    @Mixin private ExecutionArguments execution = new ExecutionArguments();

    @Override
    public void run(Streams streams) {
        Network network = model.read();
        List<Shape> x1 = batch("--n1", n1);
        List<Shape> x2 = n2 == null ? null : batch("--n2", n2);
        DType type = ExecutionArguments.dtype(dtype);
        KernelOptions options =
                pairing.applyTo(KernelOptions.defaults())
                        .get(get.split(",", -1))
                        .execution(execution::applyTo);
        String plan = network.describe(x1, x2, type, options);
        PrintStream out = streams.out();
        out.println("network    " + network);
        out.println("input      " + text(x1) + (x2 == null ? "" : " and " + text(x2)));
        out.println("output     " + text(network.outputShapes(x1)));
        out.println("parameters " + parameters(network, x1));
        if (network.readsGraphs()) {
            out.println("graphs     not in this plan, for which Aggregate changes nothing");
        }
        out.println(plan);
    }

    private static String text(List<Shape> shapes) {
        return shapes.stream().map(Shape::toString).collect(Collectors.joining(", "));
    }

    /** How many numbers a finite network has, when there is one that this program can build. */
    private static String parameters(Network network, List<Shape> inputs) {
        if (inputs.size() > 1) {
            return "not counted: the network has several inputs";
        }
        try {
            return String.format(
                    Locale.ROOT, "%,d at finite width", network.parameterCount(inputs.getFirst()));
        } catch (InputException noFiniteSide) {
            return "not counted: " + noFiniteSide.getMessage();
        }
    }

    private List<Shape> batch(String option, long examples) {
        if (examples < 1) {
            throw new InputException(option + " " + examples + ": at least 1 is needed.");
        }
        return inputs.stream().map(input -> batch(examples, input)).toList();
    }

    private static Shape batch(long examples, String input) {
        LongStream example =
                Arrays.stream(input.split("[x,]", -1)).mapToLong(text -> extent(input, text));
        return Shape.of(LongStream.concat(LongStream.of(examples), example).toArray());
    }

    private static long extent(String input, String text) {
        try {
            long extent = Long.parseLong(text.strip());
            if (extent > 0) {
                return extent;
            }
        } catch (NumberFormatException notANumber) {
            // The same message as for a number below 1.
        }
        throw new InputException(
                "--input " + input + ": expected positive numbers, as in 784 or 32x32x3.");
    }
}
