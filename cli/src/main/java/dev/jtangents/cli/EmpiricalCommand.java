package dev.jtangents.cli;

import dev.jtangents.graph.ExecutionOptions;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.layers.ApplyOptions;
import dev.jtangents.layers.EmpiricalKernels;
import dev.jtangents.layers.Network;
import dev.jtangents.layers.Parameters;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/** Computes the kernels of one finite network. */
@CommandLine.Command(
        name = "empirical",
        description = "Computes the kernels of a network of finite width, with its parameters.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footer = {
            "",
            "The NNGP is f(x1) f(x2)', the NTK J(x1) J(x2)', with J the derivatives of the outputs"
                    + " by all",
            "parameters. How the NTK is computed, and what that takes, is a line on the standard"
                    + " error.",
            "",
            "Files of parameters name each array by its place, counted from 0: 2.0 has the weights"
                    + " of the",
            "third layer of a serial network and 2.1 its bias, params[2][0] and params[2][1] in"
                    + " Python:",
            "  P = numpy.load('P.npz'); W, b = P['2.0'], P['2.1']",
            "",
            "Examples:",
            "  jtangents empirical --model M.json --x1 train.npy --seed 1 --save-params P.npz",
            "  jtangents empirical --model M.json --x1 test.npy --x2 train.npy --params P.npz",
            "      --get ntk --trace-axes none --out K.npz"
        })
final class EmpiricalCommand implements Command {
    @Mixin private ModelArgument model = new ModelArgument();

    @Mixin private BatchArguments batches = new BatchArguments();

    @Option(
            names = "--params",
            paramLabel = "P.npz",
            description = "The parameters; without it they are drawn at random.")
    private @Nullable Path params;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description =
                    "What random parameters are drawn from, and what Dropout keeps; 0 unless"
                            + " given.")
    private long seed;

    @Option(
            names = "--get",
            paramLabel = "NAMES",
            description = "nngp, ntk or both, separated by a comma; both unless given.")
    private String get = "nngp,ntk";

    @Mixin private EmpiricalArguments empirical = new EmpiricalArguments();

    @Mixin private DataArguments data = new DataArguments();

    @Mixin private ResourceArguments resources = new ResourceArguments();

    @Option(
            names = "--save-params",
            paramLabel = "P.npz",
            description = "Where to write random parameters, for --params.")
    private @Nullable Path saveParams;

    @Option(
            names = "--out",
            paramLabel = "K.npz",
            description = {
                "Where to write the kernels, one array per name; of a network of several outputs"
                        + " nngp_0, ntk_0, nngp_1, ...",
                "Without it a summary is printed."
            })
    private @Nullable Path out;

    @Override
    public void run(Streams streams) {
        List<KernelName> names = KernelNames.parse(get);
        requireFiles();
        Network network = model.read();
        ExecutionOptions execution = resources.applyTo(ExecutionOptions.defaults());
        try (FiniteExamples examples =
                        FiniteExamples.read(network, batches.x1(), batches.x2(), data);
                Parameters parameters = parameters(network, examples)) {
            EmpiricalKernels kernels =
                    empirical
                            .applyTo(network.empirical(), network.outputShapes(examples.shapes()))
                            .memory(execution.memory())
                            .options(
                                    data.applyTo(ApplyOptions.defaults())
                                            .threads(execution.threads())
                                            .seed(new SplittableRandom(seed).nextLong()));
            SequencedMap<String, Tensor> results = new LinkedHashMap<>();
            try {
                for (KernelName name : names) {
                    if (name == KernelName.NTK) {
                        printPlan(kernels, parameters, examples, streams.err());
                    }
                    List<Tensor> outputs = compute(name, kernels, parameters, examples);
                    for (int output = 0; output < outputs.size(); output++) {
                        results.put(
                                KernelValues.name(name.label(), output, outputs.size()),
                                outputs.get(output));
                    }
                }
                new ArrayOutput(out, streams.out()).write(results);
            } finally {
                results.values().forEach(Tensor::close);
            }
            if (saveParams != null) {
                new ParameterFile(saveParams).write(parameters);
                streams.out().println(saveParams + ": " + counted(parameters));
            }
        }
    }

    private void requireFiles() {
        if (out != null) {
            OutputFile.extension("--out", out, List.of("npz"));
        }
        if (saveParams == null) {
            return;
        }
        OutputFile.extension("--save-params", saveParams, List.of("npz"));
        if (params != null) {
            throw new InputException(
                    "--save-params "
                            + saveParams
                            + ": the parameters are in "
                            + params
                            + " already; leave --save-params or --params out.");
        }
        if (out != null
                && out.toAbsolutePath()
                        .normalize()
                        .equals(saveParams.toAbsolutePath().normalize())) {
            throw new InputException(
                    "--save-params and --out both name " + out + ": give two names.");
        }
    }

    private Parameters parameters(Network network, FiniteExamples examples) {
        if (params != null) {
            return new ParameterFile(params).read(network, examples, data.dtype());
        }
        Parameters drawn = network.init(seed, examples.shapes(), examples.dtype());
        if (saveParams != null && drawn.arrays().findAny().isEmpty()) {
            throw new InputException(
                    "--save-params " + saveParams + ": the network has no parameters to save.");
        }
        return drawn;
    }

    /** There is none for networks of several inputs; of several outputs it is that of the first. */
    private static void printPlan(
            EmpiricalKernels kernels,
            Parameters parameters,
            FiniteExamples examples,
            PrintStream err) {
        if (examples.x1().size() == 1) {
            err.println(
                    "ntk by "
                            + kernels.describe(parameters, examples.firstX1(), examples.firstX2()));
        }
    }

    private static List<Tensor> compute(
            KernelName name,
            EmpiricalKernels kernels,
            Parameters parameters,
            FiniteExamples examples) {
        return switch (name) {
            case NNGP -> kernels.nngp(parameters, examples.x1(), examples.x2());
            case NTK -> kernels.ntk(parameters, examples.x1(), examples.x2());
        };
    }

    private static String counted(Parameters parameters) {
        return parameters.arrays().mapToLong(Tensor::size).sum()
                + " parameters in "
                + parameters.arrays().count()
                + " arrays";
    }
}
