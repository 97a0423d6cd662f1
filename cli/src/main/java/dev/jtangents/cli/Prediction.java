package dev.jtangents.cli;

import dev.jtangents.predict.Inference;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * What one kernel predicts for the test examples at each time.
 *
 * @param mean (times, examples, outputs), f64
 * @param uncertainty equal for all outputs, f64: the variances (times, examples) or the covariances
 *     (times, examples, examples), as far as they were asked for
 */
record Prediction(Inference kernel, Tensor mean, @Nullable Tensor uncertainty)
        implements AutoCloseable {
    /**
     * Zeros, to be filled.
     *
     * @param outputs the shape of the mean at one time, (examples, outputs)
     */
    static Prediction allocate(
            Inference kernel, CovarianceKind covariance, long times, Shape outputs) {
        long examples = outputs.extent(0);
        Tensor mean = Tensor.allocate(DType.F64, Shape.of(times, examples, outputs.extent(1)));
        try {
            Tensor uncertainty =
                    switch (covariance) {
                        case NONE -> null;
                        case DIAGONAL -> Tensor.allocate(DType.F64, Shape.of(times, examples));
                        case FULL ->
                                Tensor.allocate(DType.F64, Shape.of(times, examples, examples));
                    };
            return new Prediction(kernel, mean, uncertainty);
        } catch (RuntimeException | Error failure) {
            mean.close();
            throw failure;
        }
    }

    /**
     * Takes the mean of some examples.
     *
     * @param block (times, examples, outputs), or without times for one
     */
    void putMean(int time, long from, Tensor block) {
        Tensor some = withTimes(block);
        mean.slice(0, time, time + some.shape().extent(0))
                .slice(1, from, from + some.shape().extent(1))
                .assign(some);
    }

    /**
     * Takes what is kept of the covariance of some examples, of all if it is kept in full.
     *
     * @param block (times, examples, examples), or without times for one
     */
    void putCovariance(int time, long from, Tensor block) {
        if (uncertainty == null) {
            throw new IllegalStateException("No covariance was asked for.");
        }
        Tensor some = withTimes(block);
        long times = some.shape().extent(0);
        if (hasCovariance()) {
            uncertainty.slice(0, time, time + times).assign(some);
            return;
        }
        for (long t = 0; t < times; t++) {
            for (long i = 0; i < some.shape().extent(1); i++) {
                // Rounding may leave a variance of 0 below it.
                uncertainty.set(Math.max(0, some.get(t, i, i)), time + t, from + i);
            }
        }
    }

    private static Tensor withTimes(Tensor block) {
        Shape shape = block.shape();
        return shape.rank() == 3 ? block : block.reshape(1, shape.extent(0), shape.extent(1));
    }

    boolean hasVariance() {
        return uncertainty != null;
    }

    boolean hasCovariance() {
        return uncertainty != null && uncertainty.shape().rank() == 3;
    }

    /** The mean at one time, (examples, outputs); a view. */
    Tensor mean(int time) {
        return at(mean, time);
    }

    /** The variance of every output of one example at one time. */
    double variance(int time, long example) {
        if (uncertainty == null) {
            throw new IllegalStateException("No variance was asked for.");
        }
        return hasCovariance()
                ? Math.max(0, uncertainty.get(time, example, example))
                : uncertainty.get(time, example);
    }

    /** The covariance at one time, (examples, examples); a view. */
    Tensor covariance(int time) {
        if (uncertainty == null || !hasCovariance()) {
            throw new IllegalStateException("No covariance was asked for.");
        }
        return at(uncertainty, time);
    }

    /** One index of the first axis, without that axis; a view. */
    static Tensor at(Tensor tensor, int index) {
        long[] extents = tensor.shape().extents();
        return tensor.slice(0, index, index + 1)
                .reshape(Arrays.copyOfRange(extents, 1, extents.length));
    }

    @Override
    public void close() {
        mean.close();
        if (uncertainty != null) {
            uncertainty.close();
        }
    }
}
