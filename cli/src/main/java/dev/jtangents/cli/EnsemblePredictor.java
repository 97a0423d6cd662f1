package dev.jtangents.cli;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.predict.Gaussian;
import dev.jtangents.predict.Gaussians;
import dev.jtangents.predict.GradientDescentMseEnsemble;
import dev.jtangents.predict.Time;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

/**
 * Predicts in closed form, at any times.
 *
 * @param kernels those of the ensemble
 * @param predictions says what, and takes it
 */
record EnsemblePredictor(
        GradientDescentMseEnsemble ensemble, KeptKernels kernels, Predictions predictions) {
    void predict(Tensor xTest) {
        TrainingTimes times = predictions.times();
        double[] finite = times.finite();
        long examples = xTest.shape().extent(0);
        long block = predictions.covariance().block(examples);
        for (long from = 0; from < examples; from += block) {
            Tensor some = xTest.slice(0, from, Math.min(examples, from + block));
            if (finite.length > 0 && times.endInfinite()) {
                kernels.keepOf(some);
            }
            if (finite.length > 0) {
                predict(Time.ofEach(finite), some, 0, from);
            }
            if (times.endInfinite()) {
                predict(Time.infinite(), some, finite.length, from);
            }
        }
    }

    private void predict(Time time, Tensor some, int firstTime, long from) {
        try (Gaussians gaussians = at(time, some)) {
            for (Prediction prediction : predictions.list()) {
                Gaussian gaussian = gaussians.get(prediction.kernel());
                prediction.putMean(firstTime, from, gaussian.mean());
                if (gaussian.hasCovariance()) {
                    prediction.putCovariance(firstTime, from, gaussian.covariance());
                }
            }
        }
    }

    private Gaussians at(Time time, Tensor xTest) {
        KernelName[] names =
                predictions.list().stream()
                        .map(prediction -> prediction.kernel().kernel())
                        .toArray(KernelName[]::new);
        GradientDescentMseEnsemble.Request request = ensemble.at(time).get(names).on(xTest);
        boolean mean = predictions.covariance() == CovarianceKind.NONE;
        try {
            return (mean ? request : request.covariance()).predict();
        } catch (InputException failure) {
            throw new InputException(inWordsOfTheOptions(failure.getMessage()), failure);
        }
    }

    private static String inWordsOfTheOptions(String message) {
        return message.replace("raise memory", "raise --memory")
                .replace("use kernelRegression", "use --solver")
                .replace("use Time.infinite()", "use --t inf");
    }
}
