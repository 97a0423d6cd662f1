package dev.jtangents.predict;

import dev.jtangents.concurrent.WorkerPool;

import java.util.List;
import java.util.function.Consumer;

/**
 * Decompositions of the kernels of distributions, which do not depend on one another, each on a
 * thread of its own: an eigendecomposition runs on one, and this uses a second core.
 */
final class SideBySide {
    private SideBySide() {}

    /**
     * Makes the Cholesky factors of what was asked for. Where there are more cores than factors,
     * each is made on all of them.
     *
     * @throws java.util.concurrent.CancellationException when the thread is interrupted
     */
    static void factor(TrainingSet training, List<Inference> asked) {
        Consumer<Inference> each = inference -> training.kernel(inference.kernel()).factor();
        if (asked.size() < WorkerPool.ofCores().threads()) {
            asked.forEach(each);
        } else {
            run(asked, each);
        }
    }

    /**
     * Makes the spectra of what was asked for, for gradient descent.
     *
     * @throws java.util.concurrent.CancellationException when the thread is interrupted
     */
    static void decompose(TrainingSet training, List<Inference> asked) {
        run(asked, inference -> training.kernel(inference.kernel()).descendingSpectrum());
    }

    private static void run(List<Inference> asked, Consumer<Inference> each) {
        WorkerPool.ofCores()
                .run(asked.size(), () -> task -> each.accept(asked.get(Math.toIntExact(task))));
    }
}
