package dev.jtangents.cli;

import dev.jtangents.io.ArrayFiles;
import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Model;
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
            "  jtangents kernel --model M.json --x1 data.npz:x --get ntk --out K.npy --dtype f32"
        })
final class KernelCommand implements Command {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "M.json",
            description = "The network, in the model language.")
    private Path model = Path.of("");

    @Option(names = "--x1", required = true, paramLabel = "A", description = "Examples.")
    private String x1 = "";

    @Option(
            names = "--x2",
            paramLabel = "B",
            description = "More examples; without them those of --x1 again.")
    private @Nullable String x2;

    @Option(
            names = "--get",
            paramLabel = "NAMES",
            description = {
                "What to compute, separated by commas; nngp,ntk unless given.",
                "Also cov1, cov2, is_gaussian, shape1, shape2, ..."
            })
    private String get = "nngp,ntk";

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = {
                "Where to write. K.npz: one array per name, made in memory.",
                "K.npy: written to disk while it is computed, for kernels larger than memory;"
                        + " several names make K.nngp.npy and K.ntk.npy.",
                "Without it a summary is printed."
            })
    private @Nullable Path out;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "f32 or f64; without it the type of the examples.")
    private @Nullable String dtype;

    @Option(
            names = "--diagonal-spatial",
            arity = "1",
            paramLabel = "BOOL",
            description =
                    "Whether equal positions only are paired; without it the network decides.")
    private @Nullable Boolean diagonalSpatial;

    @Option(
            names = "--diagonal-batch",
            arity = "1",
            paramLabel = "BOOL",
            description =
                    "Whether cov1 and cov2 pair each example with itself only, as by default.")
    private @Nullable Boolean diagonalBatch;

    @Mixin private ExecutionArguments execution = new ExecutionArguments();

    @Override
    public void run(Streams streams) {
        List<KernelField> fields = fields(get);
        try (KernelOutput output = KernelOutput.to(out, fields, streams.out());
                var progress = new ProgressReport("kernel", streams.err())) {
            KernelOptions options =
                    options(fields)
                            .execution(
                                    defaults -> execution.applyTo(defaults).withProgress(progress));
            Network network = Model.read(model);
            try (Tensor first = ArrayFiles.read(x1);
                    Tensor second = x2 == null ? null : ArrayFiles.read(x2);
                    Kernel kernel = kernel(network, first, second, output.configure(options))) {
                // The last state of the bar stands above the lines that follow it.
                progress.finish();
                output.finish(kernel);
            }
        }
    }

    private static Kernel kernel(
            Network network, Tensor first, @Nullable Tensor second, KernelOptions options) {
        try {
            return network.kernel(first, second, options);
        } catch (InputException failure) {
            // The library's advice, in the words of the command line.
            String advice = "write the result to a file";
            throw new InputException(
                    failure.getMessage().replace(advice, advice + " with --out K.npy"), failure);
        }
    }

    private List<KernelField> fields(String names) {
        List<KernelField> fields =
                Arrays.stream(names.split(",", -1)).map(KernelField::of).toList();
        for (KernelField field : fields) {
            boolean ofSecond = field == KernelField.COV2 || field == KernelField.SHAPE2;
            if (ofSecond && x2 == null) {
                throw new InputException(
                        "--get " + field.label() + ": there is no second batch; give --x2.");
            }
            if (field == KernelField.MASK1 || field == KernelField.MASK2) {
                throw new InputException(
                        "--get " + field.label() + ": there are no masks in this version.");
            }
        }
        return fields;
    }

    private KernelOptions options(List<KernelField> fields) {
        KernelOptions options = KernelOptions.defaults().get(fields.toArray(KernelField[]::new));
        if (dtype != null) {
            options = options.dtype(ExecutionArguments.dtype(dtype));
        }
        if (diagonalSpatial != null) {
            options = options.diagonalSpatial(diagonalSpatial);
        }
        if (diagonalBatch != null) {
            options = options.diagonalBatch(diagonalBatch);
        }
        return options;
    }
}
