package dev.jtangents.predict;

import dev.jtangents.concurrent.WorkerPool;

import java.util.List;

/** Decompositions of the kernels of distributions, and weights: none depends on another's. */
final class SideBySide {
    private SideBySide() {}

    /**
     * Makes the Cholesky factors of what was asked for, and the weights of the means, each on all
     * cores where there are more cores than factors.
     *
     * @throws java.util.concurrent.CancellationException when the thread is interrupted
     */
    static void solve(TrainingSet training, List<Inference> asked) {
        WorkerPool.ofCores()
                .runEach(
                        asked.size(),
                        number -> {
                            Inference inference = asked.get(Math.toIntExact(number));
                            training.kernel(inference.kernel()).weights();
                        });
    }

    /**
     * Makes the spectra of what was asked for, for gradient descent, each on one core.
     *
     * @throws java.util.concurrent.CancellationException when the thread is interrupted
     */
    static void decompose(TrainingSet training, List<Inference> asked) {
        WorkerPool.ofCores()
                .run(
                        asked.size(),
                        () ->
                                number -> {
                                    Inference inference = asked.get(Math.toIntExact(number));
                                    training.kernel(inference.kernel()).descendingSpectrum();
                                });
    }
}
