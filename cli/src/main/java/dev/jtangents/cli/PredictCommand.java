package dev.jtangents.cli;

import dev.jtangents.graph.ExecutionOptions;
import dev.jtangents.io.ArrayFiles;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Network;
import dev.jtangents.predict.FitBuilder;
import dev.jtangents.predict.GradientDescentMseEnsemble;
import dev.jtangents.predict.Inference;
import dev.jtangents.predict.Predict;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;

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
            "FILE.npz takes nngp_mean, ntk_mean, and with --covariance nngp_variance, ..., or",
            "nngp_covariance, ...; of several times with an axis of times in front, and t.",
            "",
            "With --test-y a table says how good the predictions are, on average over examples and",
            "outputs. With mean m, variance v (of the outputs, --diag-reg is not noise) and label"
                    + " y:",
            "  mse        (m - y)^2",
            "  nlpd       log(2 pi v) / 2 + (m - y)^2 / (2 v), the negative log predictive"
                    + " density;",
            "             - where a variance is 0",
            "  in 90 %%    how often y is within m +- z sqrt(v), z = 1.645 (in 50 %%: 0.674, in 95"
                    + " %%: 1.960)",
            "",
            "Examples:",
            "  jtangents predict --model M.json --train-x a.npy --train-y b.npy --test-x c.npy",
            "      --test-y d.npy --diag-reg 1e-4",
            "  jtangents predict --model M.json --train-x d.npz:x --train-y d.npz:y --test-x t.csv",
            "      --get ntk --t 100 --learning-rate 0.1 --covariance --out P.npz",
            "  jtangents predict --model M.json --train-x a.npy --train-y b.npy --test-x c.npy",
            "      --test-y d.npy --t 1:1e6:30,inf --covariance --plot curve.png",
            "  jtangents predict --model M.json --train-x a.npy --train-y b.npy --test-x c.npy",
            "      --get ntk --diag-reg 1e-3 --solver cg --memory 8g --out P.npz"
        })
final class PredictCommand implements Command {
    @Mixin private ModelArgument model = new ModelArgument();

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
            paramLabel = "TIMES",
            description = {
                "Steps of gradient descent: increasing numbers separated by commas, also inf, to"
                        + " convergence, and FROM:TO:COUNT for times of equal ratio, as in"
                        + " 0,0.1:1000:20,inf.",
                "inf unless given."
            })
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

    @Option(
            names = "--covariance",
            arity = "0..1",
            fallbackValue = "full",
            paramLabel = "KIND",
            description =
                    "Of the outputs: none, diagonal (the variances) or full; none unless given,"
                            + " full without KIND.")
    private String covarianceName = "none";

    @Option(names = "--out", paramLabel = "FILE.npz", description = "Where to write predictions.")
    private @Nullable Path out;

    @Option(
            names = "--plot",
            paramLabel = "FILE.png",
            description = {
                "Where to draw the mean squared error, and of classes the share that is correct,"
                        + " over the times of --t; needs --test-y.",
                "With --covariance full a band shows the errors of single networks, mean +- 2"
                        + " standard deviations."
            })
    private @Nullable Path plot;

    @Mixin private SolverArguments solver = new SolverArguments();

    @Mixin private DataArguments data = new DataArguments();

    @Mixin private ExecutionArguments execution = new ExecutionArguments();

    @Override
    public void run(Streams streams) {
        List<Inference> kernels = kernels(get);
        TrainingTimes times = TrainingTimes.parse(time);
        CovarianceKind covariance = CovarianceKind.named(covarianceName);
        requireUsable(times, covariance);
        Network network = network();
        try (Tensor xTrain = ArrayFiles.read(trainX);
                Tensor xTest = ArrayFiles.read(testX);
                Labels train = Labels.read("--train-y", trainY, labels);
                Labels test = testY == null ? null : train.readTest("--test-y", testY)) {
            requireExamples("--train-x", trainX, xTrain);
            requireExamples("--test-x", testX, xTest);
            train.requireExamples(xTrain, trainX);
            if (test != null) {
                test.requireExamples(xTest, testX);
            }
            var task = new Task(xTrain, train.values(), xTest);
            Shape outputs = Shape.of(xTest.shape().extent(0), train.values().shape().extent(1));
            requirePairs(network, task, kernels.getFirst(), streams.err());
            try (Predictions predictions =
                    Predictions.allocate(times, covariance, kernels, outputs)) {
                if (solver.isGiven()) {
                    solve(network, task, predictions, streams.err());
                } else {
                    train(network, task, predictions, streams.err());
                }
                new PredictionReport(out, plot, streams.out()).write(predictions, train, test);
            }
        }
    }

    /** What networks learn from, and what they are asked about. */
    private record Task(Tensor xTrain, Tensor yTrain, Tensor xTest) {}

    private void requireUsable(TrainingTimes times, CovarianceKind covariance) {
        if (!(learningRate > 0 && Double.isFinite(learningRate))) {
            throw new InputException(
                    "--learning-rate " + learningRate + ": a finite number above 0 is needed.");
        }
        solver.requireUseful(times, covariance);
        if (out != null) {
            OutputFile.extension("--out", out, List.of("npz"));
        }
        if (plot != null) {
            OutputFile.extension("--plot", plot, List.of("png"));
            if (testY == null) {
                throw new InputException(
                        "--plot " + plot + ": errors need labels; give --test-y too.");
            }
            if (!LearningCurve.canShow(times)) {
                throw new InputException(
                        "--plot "
                                + plot
                                + ": a curve needs at least two times above 0 that are finite; give"
                                + " --t, as in --t 0.1:1000:20,inf.");
            }
        }
    }

    private void train(Network network, Task task, Predictions predictions, PrintStream err) {
        long memory = execution.applyTo(ExecutionOptions.defaults()).memory();
        try (var kernels = new KeptKernels(new NetworkKernels(network, kernelOptions(), err));
                GradientDescentMseEnsemble ensemble =
                        regularized(
                                        Predict.gradientDescentMseEnsemble(
                                                kernels, task.xTrain, task.yTrain))
                                .learningRate(learningRate)
                                .memory(memory)
                                .build()) {
            new EnsemblePredictor(ensemble, kernels, predictions).predict(task.xTest);
        }
    }

    private void solve(Network network, Task task, Predictions predictions, PrintStream err) {
        ExecutionOptions resources = execution.applyTo(ExecutionOptions.defaults());
        var kernels = new BlockKernels(network.kernelFunction(kernelOptions()), err);
        var predictor = new RegressionPredictor(predictions.covariance(), err);
        for (Prediction prediction : predictions.list()) {
            predictor.predict(
                    regularized(Predict.kernelRegression(kernels, task.xTrain, task.yTrain))
                            .inference(prediction.kernel())
                            .solver(defaults -> solver.applyTo(defaults, resources)),
                    task.xTest,
                    prediction);
        }
    }

    private <B extends FitBuilder<B>> B regularized(B builder) {
        return builder.diagReg(diagReg).diagRegAbsoluteScale(diagRegAbsolute);
    }

    private static void requireExamples(String option, String location, Tensor examples) {
        if (examples.shape().rank() == 0 || examples.size() == 0) {
            throw new InputException(
                    option
                            + " "
                            + location
                            + " has shape "
                            + examples.shape()
                            + "; examples have shape (N, ...), and at least one is needed.");
        }
    }

    /** Training can be long: what the test set would fail for should fail before. */
    private void requirePairs(Network network, Task task, Inference kernel, PrintStream err) {
        new NetworkKernels(network, kernelOptions(), err)
                .kernels(task.xTest, task.xTrain.slice(0, 0, 1), EnumSet.of(kernel.kernel()))
                .close();
    }

    private Network network() {
        Network network = model.read();
        if (network.readsGraphs()) {
            throw new InputException(
                    "--model "
                            + model.file()
                            + ": the network has an Aggregate layer, for which predict cannot take"
                            + " graphs; the command kernel can, with --pattern1.");
        }
        return network;
    }

    private KernelOptions kernelOptions() {
        return data.applyTo(KernelOptions.defaults()).execution(execution::applyTo);
    }

    private static List<Inference> kernels(String get) {
        return KernelNames.parse(get).stream()
                .map(
                        name ->
                                switch (name) {
                                    case NNGP -> Inference.NNGP;
                                    case NTK -> Inference.NTK;
                                })
                .toList();
    }
}
