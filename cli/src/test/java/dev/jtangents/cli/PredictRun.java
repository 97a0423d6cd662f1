package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.tensor.Tensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Runs of the command predict on a small training set of three classes, in a folder. */
record PredictRun(Path folder) {
    static final int TRAINING = 40;

    /** Writes the files that runs read. */
    static PredictRun in(Path folder, int testing) {
        Samples.text(folder.resolve("m.json"), Samples.MODEL);
        Samples.npy(folder.resolve("x.npy"), Samples.random(1, TRAINING, 5));
        Samples.npy(folder.resolve("y.npy"), classes(2, TRAINING));
        Samples.npy(folder.resolve("test-x.npy"), Samples.random(3, testing, 5));
        Samples.npy(folder.resolve("test-y.npy"), classes(4, testing));
        return new PredictRun(folder);
    }

    private static Tensor classes(long seed, int count) {
        return Tensor.of(new Random(seed).ints(count, 0, 3).asDoubleStream().toArray(), count);
    }

    Path out() {
        return folder.resolve("P.npz");
    }

    /** The command line, with more options. */
    Object[] arguments(Object... more) {
        List<Object> arguments =
                new ArrayList<>(
                        List.of(
                                "predict",
                                "--model",
                                folder.resolve("m.json"),
                                "--train-x",
                                folder.resolve("x.npy"),
                                "--train-y",
                                folder.resolve("y.npy"),
                                "--test-x",
                                folder.resolve("test-x.npy")));
        arguments.addAll(Arrays.asList(more));
        return arguments.toArray();
    }

    /** Runs it, whatever comes of it. */
    Outcome attempt(Object... more) {
        return Outcome.of(arguments(more));
    }

    /** Runs it on labels of the test set, with success. */
    Outcome scored(Object... more) {
        Object[] arguments = Arrays.copyOf(more, more.length + 2);
        arguments[more.length] = "--test-y";
        arguments[more.length + 1] = folder.resolve("test-y.npy");
        Outcome outcome = attempt(arguments);
        assertEquals(0, outcome.status(), outcome.err());
        return outcome;
    }

    /** Runs it into the file {@link #out}, with success. */
    Outcome written(Object... more) {
        Object[] arguments = Arrays.copyOf(more, more.length + 2);
        arguments[more.length] = "--out";
        arguments[more.length + 1] = out();
        Outcome outcome = attempt(arguments);
        assertEquals(0, outcome.status(), outcome.err());
        return outcome;
    }
}
