package dev.jtangents.cli;

import dev.jtangents.graph.ExecutionOptions;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.layers.ApplyOptions;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.MonteCarloEstimate;
import dev.jtangents.layers.MonteCarloKernels;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;

/** Estimates the kernels of an infinitely wide network from random finite ones. */
@CommandLine.Command(
        name = "mc",
        description =
                "Estimates the kernels of an infinitely wide network by Monte Carlo: means of"
                        + " those of random networks of the widths in the model.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footer = {
            "",
            "Also of networks without an infinite limit in closed form, as with MaxPool. For each"
                    + " number of",
            "samples a line is printed as soon as it is known:",
            "  error      the standard error of the mean, relative to the kernel",
            "  distance   with --compare: from the kernel at infinite width, relative to it; of"
                    + " several",
            "             hidden layers it falls with samples only as far as their widths allow",
            "",
            "K.npz takes nngp, ntk, nngp_standard_error and ntk_standard_error of the last one.",
            "",
            "Examples:",
            "  jtangents mc --model M.json --x1 train.npy --samples 10,100,1000 --compare",
            "  jtangents mc --model M.json --x1 test.npy --x2 train.npy --tolerance 0.01 --seed 1",
            "      --out K.npz"
        })
final class MonteCarloCommand implements Command {
    @Mixin private ModelArgument model = new ModelArgument();

    @Option(
            names = "--x1",
            required = true,
            paramLabel = "A",
            description = "Examples, (N, ...), channels last, of a network of one input.")
    private List<String> x1 = List.of();

    @Option(
            names = "--x2",
            paramLabel = "B",
            description = "More examples; without them those of --x1 again.")
    private List<String> x2 = List.of();

    @Mixin private SampleArguments samples = new SampleArguments();

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Of the random networks; 0 unless given.")
    private long seed;

    @Option(
            names = "--compare",
            description = "Compute the kernel at infinite width, too, to compare estimates with.")
    private boolean compare;

    @Option(
            names = "--get",
            paramLabel = "NAMES",
            description = "nngp, ntk or both, separated by a comma; both unless given.")
    private String get = "nngp,ntk";

    @Mixin private EmpiricalArguments empirical = new EmpiricalArguments();

    @Mixin private DataArguments data = new DataArguments();

    @Mixin private ResourceArguments resources = new ResourceArguments();

    @Option(
            names = "--out",
            paramLabel = "K.npz",
            description = {
                "Where to write the last estimate and its standard errors.",
                "Without it a summary is printed."
            })
    private @Nullable Path out;

    @Override
    public void run(Streams streams) {
        List<KernelName> names = KernelNames.parse(get);
        ExecutionOptions execution = resources.applyTo(ExecutionOptions.defaults());
        SampleSchedule schedule = samples.schedule(execution.threads());
        if (out != null) {
            OutputFile.extension("--out", out, List.of("npz"));
        }
        requireOneInput();
        Network network = model.read();
        try (FiniteExamples examples = FiniteExamples.read(network, x1, x2, data);
                Kernels limit =
                        compare
                                ? limit(network, examples, names, execution, streams.err())
                                : null) {
            Iterator<MonteCarloEstimate> estimates =
                    estimates(network, examples, execution, schedule, names);
            var table = new EstimateTable(names, limit, streams.out());
            try (MonteCarloEstimate last = last(estimates, schedule, table, streams.err())) {
                if (schedule.hasTolerance() && !schedule.isReachedBy(last)) {
                    streams.err()
                            .println(
                                    "mc: the tolerance was not reached with "
                                            + last.samples()
                                            + " samples; allow more with --most.");
                }
                write(last, names, streams.out());
            }
        }
    }

    private void requireOneInput() {
        if (x1.size() > 1 || x2.size() > 1) {
            throw new InputException(
                    (x1.size() > 1 ? "--x1" : "--x2")
                            + " is given more than once: mc takes networks of one input only; the"
                            + " commands kernel and empirical take several.");
        }
    }

    private Iterator<MonteCarloEstimate> estimates(
            Network network,
            FiniteExamples examples,
            ExecutionOptions execution,
            SampleSchedule schedule,
            List<KernelName> names) {
        int threads = execution.threads();
        MonteCarloKernels kernels =
                empirical
                        .applyTo(network.empirical(), network.outputShapes(examples.shapes()))
                        // Each thread holds the derivatives of a network of its own.
                        .memory(Math.max(1, execution.memory() / threads))
                        .options(data.applyTo(ApplyOptions.defaults()))
                        .monteCarlo(seed)
                        .threads(threads);
        int[] counts = schedule.counts().stream().mapToInt(Integer::intValue).toArray();
        return kernels.estimates(
                        examples.firstX1(), examples.firstX2(), EnumSet.copyOf(names), counts)
                .iterator();
    }

    /** Runs until the estimate is good enough, or there is no further one. */
    private static MonteCarloEstimate last(
            Iterator<MonteCarloEstimate> estimates,
            SampleSchedule schedule,
            EstimateTable table,
            PrintStream err) {
        MonteCarloEstimate last = null;
        try (var progress = new ProgressReport("mc", "samples", err)) {
            progress.begin(0, schedule.last());
            do {
                MonteCarloEstimate next = estimates.next();
                if (last != null) {
                    last.close();
                }
                last = next;
                table.requireComparable(last);
                if (!schedule.hasTolerance()) {
                    progress.update(last.samples(), schedule.last());
                }
                if (schedule.shows(last)) {
                    // The bar stays above the lines of the table.
                    progress.finish();
                    table.print(last);
                }
            } while (!schedule.isReachedBy(last) && last.samples() < schedule.last());
            return last;
        } catch (RuntimeException | Error failure) {
            if (last != null) {
                last.close();
            }
            throw failure;
        }
    }

    private Kernels limit(
            Network network,
            FiniteExamples examples,
            List<KernelName> names,
            ExecutionOptions execution,
            PrintStream err) {
        Set<KernelName> fields = EnumSet.copyOf(names);
        try (var progress = new ProgressReport("kernel", err)) {
            KernelOptions options =
                    data.applyTo(KernelOptions.defaults())
                            .execution(defaults -> execution.withProgress(progress));
            return network.kernelFunction(options)
                    .kernels(examples.firstX1(), examples.firstX2(), fields);
        } catch (InputException failure) {
            throw new InputException(
                    "--compare: "
                            + failure.getMessage()
                            + " Leave --compare out for estimates alone.",
                    failure);
        }
    }

    private void write(MonteCarloEstimate estimate, List<KernelName> names, PrintStream stream) {
        SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
        for (KernelName name : names) {
            arrays.put(name.label(), Objects.requireNonNull(estimate.mean().get(name)));
        }
        for (KernelName name : names) {
            arrays.put(
                    name.label() + "_standard_error",
                    Objects.requireNonNull(estimate.standardError().get(name)));
        }
        new ArrayOutput(out, stream).write(arrays);
    }
}
