package dev.jtangents.cli;

import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Computes a kernel. */
@CommandLine.Command(
        name = "kernel",
        description = "Computes the kernel of an infinitely wide network between examples.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footer = {
            "",
            "Arrays are read from .npy, .npz (as FILE.npz:NAME), IDX, .csv, .tsv and .txt files.",
            "",
            "Examples:",
            "  jtangents kernel --model M.json --x1 train.npy",
            "  jtangents kernel --model M.json --x1 test.npy --x2 train.npy --out K.npz",
            "  jtangents kernel --model M.json --x1 data.npz:x --get ntk --out K.npy --dtype f32",
            "  jtangents kernel --model M.json --x1 data.npz:x --get ntk --out K.npy --resume",
            "  jtangents kernel --model M.json --x1 texts.npy --mask-constant nan",
            "  jtangents kernel --model M.json --x1 nodes.npy --pattern1 graphs.npy",
            "  jtangents kernel --model M.json --x1 images.npy --x1 texts.npy --out K.npz"
        })
final class KernelCommand implements Command {
    @Mixin private ModelArgument model = new ModelArgument();

    @Mixin private BatchArguments batches = new BatchArguments();

    @Option(
            names = "--get",
            paramLabel = "NAMES",
            description = {
                "What to compute, separated by commas; nngp,ntk unless given.",
                "Also cov1, cov2, mask1, mask2, is_gaussian, shape1, shape2, ..."
            })
    private String get = "nngp,ntk";

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = {
                "Where to write. K.npz: one array per name, made in memory; of a network of several"
                        + " outputs nngp_0, ntk_0, nngp_1, ...",
                "K.npy: written to disk while it is computed, for kernels larger than memory;"
                        + " several names make K.nngp.npy and K.ntk.npy.",
                "Without it a summary is printed."
            })
    private @Nullable Path out;

    @Option(
            names = "--resume",
            description = {
                "Go on from the tiles that an interrupted run of the same command has finished.",
                "They are beside K.npy: in K.npy.part and K.npy.part.journal."
            })
    private boolean resume;

    @Mixin private DataArguments data = new DataArguments();

    @Mixin private PatternArguments patterns = new PatternArguments();

    @Mixin private PairingArguments pairing = new PairingArguments();

    @Mixin private ExecutionArguments execution = new ExecutionArguments();

    @Override
    public void run(Streams streams) {
        List<KernelField> fields = fields(get);
        try (KernelOutput output = KernelOutput.to(out, fields, resume, streams);
                var progress = new ProgressReport("kernel", streams.err())) {
            Network network = model.read();
            KernelOptions options =
                    pairing.applyTo(data.applyTo(KernelOptions.defaults()))
                            .get(fields.toArray(KernelField[]::new))
                            .execution(
                                    defaults -> execution.applyTo(defaults).withProgress(progress));
            try (InputArrays first = InputArrays.read(batches.x1());
                    InputArrays second = InputArrays.read(batches.x2());
                    InputArrays graphs = patterns.read(network, !batches.x2().isEmpty());
                    OutputKernels kernels =
                            kernels(
                                    network,
                                    first,
                                    second,
                                    output.configure(
                                            PatternArguments.apply(graphs, options),
                                            network.outputs(batches.x1().size()),
                                            () -> identity(network, first, second, graphs)))) {
                // The last state of the bar stands above the lines that follow it.
                progress.finish();
                output.finish(kernels.list());
            }
        }
    }

    private RunIdentity identity(
            Network network, InputArrays first, InputArrays second, InputArrays graphs) {
        var identity =
                new RunIdentity()
                        .put(network)
                        .put("x1", first.tensors())
                        .put("x2", second.tensors())
                        .put("pattern", graphs.tensors())
                        .put("get", get);
        data.identify(identity);
        pairing.identify(identity);
        return identity;
    }

    private static OutputKernels kernels(
            Network network, InputArrays first, InputArrays second, KernelOptions options) {
        List<Tensor> x2 = second.tensors();
        try {
            return new OutputKernels(
                    network.kernels(first.tensors(), x2.isEmpty() ? null : x2, options));
        } catch (InputException failure) {
            throw new InputException(inWordsOfTheCommandLine(failure.getMessage()), failure);
        }
    }

    private static String inWordsOfTheCommandLine(String advice) {
        String toFile = "write the result to a file";
        String byMonteCarlo = "by Monte Carlo";
        return advice.replace(toFile, toFile + " with --out K.npy")
                .replace(byMonteCarlo, byMonteCarlo + " with the command mc");
    }

    private List<KernelField> fields(String names) {
        List<KernelField> fields =
                Arrays.stream(names.split(",", -1)).map(KernelField::of).toList();
        for (KernelField field : fields) {
            boolean ofSecond =
                    switch (field) {
                        case COV2, SHAPE2, MASK2 -> true;
                        default -> false;
                    };
            if (ofSecond && batches.x2().isEmpty()) {
                throw new InputException(
                        "--get " + field.label() + ": there is no second batch; give --x2.");
            }
            boolean isMask = field == KernelField.MASK1 || field == KernelField.MASK2;
            if (isMask && !data.hasMasks()) {
                throw new InputException(
                        "--get " + field.label() + ": nothing is masked; give --mask-constant.");
            }
        }
        return fields;
    }
}
