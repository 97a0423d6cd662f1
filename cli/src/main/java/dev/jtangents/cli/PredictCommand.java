package dev.jtangents.cli;

import dev.jtangents.io.ArrayFiles;
import dev.jtangents.io.Npz;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Model;
import dev.jtangents.layers.Network;
import dev.jtangents.predict.Gaussian;
import dev.jtangents.predict.Gaussians;
import dev.jtangents.predict.GradientDescentMseEnsemble;
import dev.jtangents.predict.Inference;
import dev.jtangents.predict.Predict;
import dev.jtangents.predict.Time;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/** Trains the ensemble of infinitely wide networks and predicts. */
@CommandLine.Command(
        name = "predict",
        description =
                "Predicts with the ensemble of infinitely wide networks, trained on examples.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footer = {
            "",
            "Labels are classes when they are whole numbers 0, 1, ..., C-1 along one axis, each of",
            "them present, with C from 2 to 1000; --labels decides otherwise. Class c becomes a row"
                    + " of C",
            "numbers: 1 - 1/C at c, -1/C elsewhere. Anything else is values, (N,) or (N, outputs).",
            "",
            "FILE.npz takes nngp_mean, ntk_mean, and with --covariance nngp_covariance, ...",
            "",
            "Examples:",
            "  jtangents predict --model M.json --train-x a.npy --train-y b.npy --test-x c.npy",
            "      --test-y d.npy --diag-reg 1e-4",
            "  jtangents predict --model M.json --train-x d.npz:x --train-y d.npz:y --test-x t.csv",
            "      --get ntk --t 100 --learning-rate 0.1 --covariance --out P.npz"
        })
final class PredictCommand implements Command {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "M.json",
            description = "The network, in the model language.")
    private Path model = Path.of("");

    @Option(
            names = "--train-x",
            required = true,
            paramLabel = "A",
            description = "Training examples.")
    private String trainX = "";

    @Option(names = "--train-y", required = true, paramLabel = "Y", description = "Their labels.")
    private String trainY = "";

    @Option(
            names = "--test-x",
            required = true,
            paramLabel = "B",
            description = "Examples to predict.")
    private String testX = "";

    @Option(
            names = "--test-y",
            paramLabel = "Z",
            description = "Their labels, to measure the predictions by.")
    private @Nullable String testY;

    @Option(
            names = "--labels",
            paramLabel = "KIND",
            description = "classes or values; without it decided as said below.")
    private @Nullable String labels;

    @Option(
            names = "--get",
            paramLabel = "NAMES",
            description = "nngp, ntk or both, separated by a comma; both unless given.")
    private String get = "nngp,ntk";

    @Option(
            names = "--t",
            paramLabel = "TIME",
            description = "Steps of gradient descent; inf, to convergence, unless given.")
    private String time = "inf";

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description = "The size of a step; 1 unless given.")
    private double learningRate = 1;

    @Option(
            names = "--diag-reg",
            paramLabel = "R",
            description =
                    "Added to the kernel's diagonal, times its mean; 0 unless given. 1e-4 helps"
                            + " where examples are nearly alike.")
    private double diagReg;

    @Option(names = "--diag-reg-absolute", description = "Add --diag-reg as it is.")
    private boolean diagRegAbsolute;

    @Option(names = "--covariance", description = "Also compute the covariance of the outputs.")
    private boolean covariance;

    @Option(names = "--out", paramLabel = "FILE.npz", description = "Where to write predictions.")
    private @Nullable Path out;

    @Mixin private DataArguments data = new DataArguments();

    @Mixin private ExecutionArguments execution = new ExecutionArguments();

    @Override
    public void run(Streams streams) {
        KernelName[] names = names(get);
        Time training = time(time);
        if (out != null) {
            OutputFile.extension(out, List.of("npz"));
        }
        var function = new NetworkKernels(network(), kernelOptions(), streams.err());
        try (Tensor xTrain = ArrayFiles.read(trainX);
                Tensor xTest = ArrayFiles.read(testX);
                Labels train = Labels.read("--train-y", trainY, labels);
                Labels test = testY == null ? null : train.readTest("--test-y", testY);
                GradientDescentMseEnsemble ensemble =
                        Predict.gradientDescentMseEnsemble(function, xTrain, train.values())
                                .learningRate(learningRate)
                                .diagReg(diagReg)
                                .diagRegAbsoluteScale(diagRegAbsolute)
                                .build()) {
            train.requireExamples(xTrain, trainX);
            if (test != null) {
                test.requireExamples(xTest, testX);
            }
            GradientDescentMseEnsemble.Request request = ensemble.at(training).get(names).on(xTest);
            try (Gaussians gaussians = (covariance ? request.covariance() : request).predict()) {
                report(gaussians, train, test, streams.out());
            }
        }
    }

    private void report(
            Gaussians gaussians, Labels train, @Nullable Labels test, PrintStream stream) {
        SequencedMap<String, Tensor> arrays = arrays(gaussians, train);
        if (out != null) {
            Path file = out;
            Npz.write(file, arrays);
            arrays.forEach((name, array) -> stream.println(WrittenLine.of(file, name, array)));
        }
        if (test != null) {
            for (Inference name : gaussians.names()) {
                stream.printf(
                        Locale.ROOT,
                        "%-5s %s%n",
                        name.label(),
                        Score.of(gaussians.get(name).mean(), test));
            }
        } else if (out == null) {
            arrays.forEach((name, array) -> KernelSummary.print(name, array, stream));
        }
    }

    private static SequencedMap<String, Tensor> arrays(Gaussians gaussians, Labels train) {
        SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
        for (Inference name : gaussians.names()) {
            Gaussian gaussian = gaussians.get(name);
            arrays.put(name.label() + "_mean", train.shapedLikeGiven(gaussian.mean()));
            if (gaussian.hasCovariance()) {
                arrays.put(name.label() + "_covariance", gaussian.covariance());
            }
        }
        return arrays;
    }

    private Network network() {
        Network network = Model.read(model);
        if (network.readsGraphs()) {
            throw new InputException(
                    "--model "
                            + model
                            + ": the network has an Aggregate layer, for which predict cannot take"
                            + " graphs; the command kernel can, with --pattern1.");
        }
        return network;
    }

    private KernelOptions kernelOptions() {
        return data.applyTo(KernelOptions.defaults()).execution(execution::applyTo);
    }

    private static KernelName[] names(String get) {
        List<KernelName> names = new ArrayList<>();
        for (String part : get.split(",", -1)) {
            KernelName name =
                    switch (part.strip().toLowerCase(Locale.ROOT)) {
                        case "nngp" -> KernelName.NNGP;
                        case "ntk" -> KernelName.NTK;
                        default ->
                                throw new InputException(
                                        "--get " + get + ": give nngp, ntk or nngp,ntk.");
                    };
            if (names.contains(name)) {
                throw new InputException("--get " + get + ": names " + part + " twice.");
            }
            names.add(name);
        }
        return names.toArray(KernelName[]::new);
    }

    private static Time time(String text) {
        switch (text.toLowerCase(Locale.ROOT)) {
            case "inf", "infinity" -> {
                return Time.infinite();
            }
            default -> {
                try {
                    double time = Double.parseDouble(text);
                    if (time >= 0) {
                        return Time.of(time);
                    }
                } catch (NumberFormatException notANumber) {
                    // The same message as for a number below 0.
                }
                throw new InputException("--t " + text + ": give a number from 0, or inf.");
            }
        }
    }
}
