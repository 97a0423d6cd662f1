package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.io.Npz;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Model;
import dev.jtangents.predict.Gaussians;
import dev.jtangents.predict.GradientDescentMseEnsemble;
import dev.jtangents.predict.Predict;
import dev.jtangents.predict.Time;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

final class PredictCommandTest {
    private static final double[] CLASSES = {0, 1, 2, 0, 1, 2, 0, 1};
    private static final double[] VALUES = {0.5, -1, 2, 0, 1.5, 2, 0, 1};

    @TempDir private Path folder;

    private Path model = Path.of("");
    private Path trainX = Path.of("");
    private Path testX = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void writeInputs() {
        model = Samples.text(folder.resolve("model.json"), Samples.MODEL);
        trainX = Samples.npy(folder.resolve("train.npy"), Samples.random(1, 8, 5));
        testX = Samples.npy(folder.resolve("test.npy"), Samples.random(2, 3, 5));
        out = folder.resolve("P.npz");
    }

    private Path labels(String name, double[] values, long... shape) {
        return Samples.npy(folder.resolve(name), Tensor.of(values, shape));
    }

    private Outcome predict(Path trainY, Object... more) {
        List<Object> arguments =
                new ArrayList<>(
                        List.of(
                                "predict",
                                "--model",
                                model,
                                "--train-x",
                                trainX,
                                "--train-y",
                                trainY,
                                "--test-x",
                                testX,
                                "--out",
                                out));
        arguments.addAll(Arrays.asList(more));
        Outcome outcome = Outcome.of(arguments.toArray());
        assertEquals(0, outcome.status(), outcome.err());
        assertEquals("", outcome.err());
        return outcome;
    }

    private static double[] oneHot() {
        double[] rows = new double[CLASSES.length * 3];
        Arrays.fill(rows, -1.0 / 3);
        for (int i = 0; i < CLASSES.length; i++) {
            rows[3 * i + (int) CLASSES[i]] += 1;
        }
        return rows;
    }

    @Test
    void predictsWhatTheLibraryDoes() {
        predict(
                labels("y.npy", CLASSES, 8),
                "--t",
                50,
                "--learning-rate",
                0.5,
                "--diag-reg",
                "1e-3",
                "--covariance");
        assertEquals(
                List.of("nngp_mean", "nngp_covariance", "ntk_mean", "ntk_covariance"),
                Npz.names(out));
        var function =
                new NetworkKernels(
                        Model.parse("model", Samples.MODEL), KernelOptions.defaults(), System.err);
        try (Tensor xTrain = Samples.random(1, 8, 5);
                Tensor xTest = Samples.random(2, 3, 5);
                Tensor y = Tensor.of(oneHot(), 8, 3);
                GradientDescentMseEnsemble ensemble =
                        Predict.gradientDescentMseEnsemble(function, xTrain, y)
                                .learningRate(0.5)
                                .diagReg(1e-3)
                                .build();
                Gaussians expected = ensemble.at(Time.of(50)).on(xTest).covariance().predict();
                Tensor mean = Npz.read(out, "ntk_mean");
                Tensor covariance = Npz.read(out, "nngp_covariance")) {
            assertArrayEquals(expected.ntk().mean().toArray(), mean.toArray(), 1e-12);
            assertArrayEquals(expected.nngp().covariance().toArray(), covariance.toArray(), 1e-12);
        }
    }

    @Test
    void measuresTheTrainingSetAsFullyCorrect() {
        Path y = labels("y.npy", CLASSES, 8);
        Outcome outcome =
                Outcome.of(
                        "predict",
                        "--model",
                        model,
                        "--train-x",
                        trainX,
                        "--train-y",
                        y,
                        "--test-x",
                        trainX,
                        "--test-y",
                        y);
        assertEquals(0, outcome.status(), outcome.err());
        List<String> lines = outcome.out().lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(2).matches("ntk +inf +8 of 8 +100.00 % +\\S+"), lines.get(2));
    }

    @Test
    void keepsTheAxesOfValues() {
        predict(labels("y.npy", VALUES, 8), "--get", "ntk");
        assertEquals(List.of("ntk_mean"), Npz.names(out));
        try (Tensor mean = Npz.read(out, "ntk_mean")) {
            assertEquals(Shape.of(3), mean.shape());
        }
    }

    @Test
    void takesWholeNumbersAsValuesWhenToldTo() {
        predict(labels("y.npy", CLASSES, 8), "--labels", "values");
        try (Tensor mean = Npz.read(out, "nngp_mean")) {
            assertEquals(Shape.of(3), mean.shape());
        }
    }

    @Test
    void takesClassesOfWhichOneIsMissingWhenToldTo() {
        double[] gap = {0, 3, 1, 0, 1, 3, 0, 1};
        predict(labels("y.npy", gap, 8), "--labels", "classes");
        try (Tensor mean = Npz.read(out, "nngp_mean")) {
            assertEquals(Shape.of(3, 4), mean.shape());
        }
    }

    @Test
    void readsLabelsFromAColumnOfText() {
        Path y = Samples.text(folder.resolve("y.csv"), "label\n0\n1\n2\n0\n1\n2\n0\n1\n");
        predict(y);
        try (Tensor mean = Npz.read(out, "ntk_mean")) {
            assertEquals(Shape.of(3, 3), mean.shape());
        }
    }

    @Test
    void printsASummaryWithoutFileAndLabels() {
        Outcome outcome =
                Outcome.of(
                        "predict",
                        "--model",
                        model,
                        "--train-x",
                        trainX,
                        "--train-y",
                        labels("y.npy", VALUES, 8),
                        "--test-x",
                        testX);
        assertEquals(0, outcome.status(), outcome.err());
        assertTrue(outcome.out().startsWith("nngp_mean (3,) f64"), outcome.out());
    }
}
