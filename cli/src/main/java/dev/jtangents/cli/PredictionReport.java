package dev.jtangents.cli;

import dev.jtangents.io.Npz;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Hands predictions to the user.
 *
 * @param file where arrays go, if anywhere
 * @param plot where the learning curve goes, if anywhere
 * @param out takes what was written, how good it is, or a summary if there is nothing else
 */
record PredictionReport(@Nullable Path file, @Nullable Path plot, PrintStream out) {
    void write(Predictions predictions, Labels train, @Nullable Labels test) {
        TrainingTimes times = predictions.times();
        try (Tensor t = Tensor.of(times.array(), times.count())) {
            SequencedMap<String, Tensor> arrays = arrays(predictions, train, t);
            if (file != null) {
                Npz.write(file, arrays);
                arrays.forEach((name, array) -> out.println(WrittenLine.of(file, name, array)));
            }
            if (test == null && file == null) {
                arrays.forEach((name, array) -> KernelSummary.print(name, array, out));
            }
        }
        if (test != null) {
            new ScoreTable(predictions, test, out).print();
            if (plot != null) {
                PngFile.write(new LearningCurve(predictions, test).draw(), plot);
                out.println("picture: " + plot);
            }
        }
    }

    /** With an axis of times in front only when there are several. */
    private SequencedMap<String, Tensor> arrays(Predictions predictions, Labels train, Tensor t) {
        boolean several = predictions.times().count() > 1;
        SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
        if (several) {
            arrays.put("t", t);
        }
        for (Prediction prediction : predictions.list()) {
            String name = prediction.kernel().label();
            Tensor mean = several ? prediction.mean() : prediction.mean(0);
            arrays.put(name + "_mean", train.shapedLikeGiven(mean));
            Tensor uncertainty = prediction.uncertainty();
            if (uncertainty != null) {
                arrays.put(
                        name + (prediction.hasCovariance() ? "_covariance" : "_variance"),
                        several ? uncertainty : Prediction.at(uncertainty, 0));
            }
        }
        return arrays;
    }
}
