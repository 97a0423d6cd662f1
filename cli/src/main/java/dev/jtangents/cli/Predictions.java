package dev.jtangents.cli;

import dev.jtangents.predict.Inference;
import dev.jtangents.tensor.Shape;

import java.util.ArrayList;
import java.util.List;

/** What a run predicts: at these times, by one kernel after the other. */
record Predictions(TrainingTimes times, CovarianceKind covariance, List<Prediction> list)
        implements AutoCloseable {
    /**
     * Zeros, to be filled.
     *
     * @param outputs the shape of the mean at one time, (examples, outputs)
     */
    static Predictions allocate(
            TrainingTimes times,
            CovarianceKind covariance,
            List<Inference> kernels,
            Shape outputs) {
        List<Prediction> list = new ArrayList<>();
        try {
            for (Inference kernel : kernels) {
                list.add(Prediction.allocate(kernel, covariance, times.count(), outputs));
            }
            return new Predictions(times, covariance, List.copyOf(list));
        } catch (RuntimeException | Error failure) {
            list.forEach(Prediction::close);
            throw failure;
        }
    }

    @Override
    public void close() {
        list.forEach(Prediction::close);
    }
}
