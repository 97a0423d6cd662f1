package dev.jtangents.cli;

import dev.jtangents.kernel.Kernels;
import dev.jtangents.layers.Kernel;
import dev.jtangents.layers.KernelField;
import dev.jtangents.layers.KernelOptions;
import dev.jtangents.layers.Model;
import dev.jtangents.layers.Network;
import dev.jtangents.predict.Gaussians;
import dev.jtangents.predict.GpInference;
import dev.jtangents.predict.Inference;
import dev.jtangents.predict.Predict;
import dev.jtangents.tensor.Tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What one network makes of the digits.
 *
 * @param kernelSeconds for both kernels between training images, and between test and training
 * @param predictions one per kernel
 */
record DigitsTrial(double kernelSeconds, List<Prediction> predictions) {
    private static final double DIAG_REG = 1e-4;

    /**
     * The classes that one kernel gives the test images.
     *
     * @param fitSeconds for factoring, solving and predicting
     */
    record Prediction(Inference kernel, int[] classes, double fitSeconds) {
        long correct(DigitsData data) {
            long correct = 0;
            for (int i = 0; i < classes.length; i++) {
                correct += classes[i] == data.testLabel(i) ? 1 : 0;
            }
            return correct;
        }
    }

    /** The network of an example model, which the build copies into the program. */
    static Network network(String name) {
        String file = "models/digits-" + name + ".json";
        try (InputStream stream =
                Objects.requireNonNull(DigitsTrial.class.getResourceAsStream(file))) {
            return Model.parse(file, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Trains the ensemble of these networks without end, by either kernel. */
    static DigitsTrial of(Network network, DigitsData data, KernelOptions execution) {
        KernelOptions options = execution.get(KernelField.NNGP, KernelField.NTK);
        long start = System.nanoTime();
        try (Kernel trainTrain = network.kernel(data.trainingImages(), null, options);
                Kernel testTrain =
                        network.kernel(data.testImages(), data.trainingImages(), options)) {
            double kernelSeconds = secondsSince(start);
            List<Prediction> predictions = new ArrayList<>();
            for (Inference kernel : List.of(Inference.NNGP, Inference.NTK)) {
                predictions.add(prediction(kernel, data, trainTrain, testTrain));
            }
            return new DigitsTrial(kernelSeconds, predictions);
        }
    }

    private static Prediction prediction(
            Inference kernel, DigitsData data, Kernel trainTrain, Kernel testTrain) {
        long start = System.nanoTime();
        try (Tensor targets = data.trainingTargets();
                GpInference fit =
                        Predict.gpInference(only(kernel, trainTrain), targets)
                                .diagReg(DIAG_REG)
                                .build();
                Gaussians outputs = fit.on(only(kernel, testTrain)).get(kernel).predict()) {
            Tensor mean = outputs.get(kernel).mean();
            int[] classes = new int[data.testing()];
            for (int i = 0; i < classes.length; i++) {
                classes[i] = Labels.argmax(mean, i);
            }
            return new Prediction(kernel, classes, secondsSince(start));
        }
    }

    private static Kernels only(Inference kernel, Kernel kernels) {
        return kernel == Inference.NNGP ? Kernels.nngp(kernels.nngp()) : Kernels.ntk(kernels.ntk());
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) * 1e-9;
    }
}
