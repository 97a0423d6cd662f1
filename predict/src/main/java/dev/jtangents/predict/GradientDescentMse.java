package dev.jtangents.predict;

import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;

/**
 * The outputs of a network under gradient descent on the mean squared error, in closed form: the
 * limit of small steps on the loss 1/2 mean (f - y)² over all labels, with a constant neural
 * tangent kernel.
 *
 * <p>For train-train kernel K, R = K + reg I, M labels and τ = learning rate · t / M,
 *
 * <pre>
 * f_train(t) = f_train(0) - (1 - exp(-R τ)) (f_train(0) - y)
 * f_test(t)  = f_test(0) - K_test,train R⁻¹ (1 - exp(-R τ)) (f_train(0) - y)
 * </pre>
 *
 * (Lee et al. 2019, arXiv:1902.06720, section 2.2 and the appendix; Jacot et al. 2018,
 * arXiv:1806.07572). Directions in which R is 0, or rounded to below 0 (by 1e-7 of its largest
 * eigenvalue at most), take the limit at 0: training outputs rest there, and test outputs move at a
 * constant speed. A kernel with eigenvalues further below 0 is refused, with the regularisation
 * that would do. At infinite time the training outputs are y, whatever the regularisation.
 *
 * <p>A fit owns copies of the kernel and the labels, and what it factors: an eigendecomposition at
 * the first finite time, a Cholesky factor at the first infinite one. {@link #close} frees them.
 */
public final class GradientDescentMse implements AutoCloseable {
    private final TrainingKernel kernel;
    private final Labels labels;
    private final double learningRate;

    private GradientDescentMse(TrainingKernel kernel, Labels labels, double learningRate) {
        this.kernel = kernel;
        this.labels = labels;
        this.learningRate = learningRate;
    }

    /** A request for outputs after this time of training. */
    public Request at(Time time) {
        return new Request(this, time);
    }

    /**
     * An estimate of the reciprocal condition number of the regularised kernel (with its jitter):
     * from 1 down to 0 for a singular or indefinite one. Solutions lose about as many digits as it
     * has zeros. Makes the eigendecomposition if nothing is factored yet.
     *
     * @throws IllegalStateException after close
     */
    public double reciprocalCondition() {
        labels.requireOpen();
        return kernel.reciprocalCondition();
    }

    /**
     * What the infinite time has added to the diagonal of the regularised kernel, up to {@link
     * FitBuilder#maxJitter}, because it could not be solved with otherwise; 0 when nothing had to
     * be added or no infinite time has been asked for yet.
     *
     * @throws IllegalStateException after close
     */
    public double jitter() {
        labels.requireOpen();
        return kernel.jitter();
    }

    /** Frees what the fit owns. Closing twice is allowed. */
    @Override
    public void close() {
        kernel.close();
        labels.close();
    }

    /** Collects the options of a fit. */
    public static final class Builder extends FitBuilder<Builder> {
        private final Tensor kTrainTrain;
        private final Tensor yTrain;
        private double learningRate = 1;

        Builder(Tensor kTrainTrain, Tensor yTrain) {
            this.kTrainTrain = kTrainTrain;
            this.yTrain = yTrain;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * The learning rate, 1 at first.
         *
         * @throws dev.jtangents.tensor.InputException unless it is finite and above 0
         */
        public Builder learningRate(double value) {
            learningRate = Checks.learningRate(value);
            return this;
        }

        /**
         * Copies kernel and labels; nothing is factored yet.
         *
         * @throws dev.jtangents.tensor.InputException when the shapes do not fit, a number is not
         *     finite, or the kernel is not symmetric
         */
        public GradientDescentMse build() {
            Labels labels = Labels.of(yTrain, tracedAxes());
            try {
                return new GradientDescentMse(
                        TrainingKernel.of(kTrainTrain, "k_train_train", labels, regularization()),
                        labels,
                        learningRate);
            } catch (RuntimeException | Error failure) {
                labels.close();
                throw failure;
            }
        }
    }

    /** Which outputs are asked for, and what they were before training. */
    public static final class Request {
        private final GradientDescentMse fit;
        private final Time time;
        private @Nullable InitialOutputs train;
        private @Nullable InitialOutputs test;
        private @Nullable Tensor kTestTrain;

        private Request(GradientDescentMse fit, Time time) {
            this.fit = fit;
            this.time = time;
        }

        /**
         * Asks for outputs on the training set, all of them {@code initial} before training.
         * Without this they are not returned, and count as 0 before training.
         */
        public Request trainFrom(double initial) {
            train = new InitialOutputs(initial, null);
            return this;
        }

        /**
         * Asks for outputs on the training set.
         *
         * @param initial the outputs before training, of the shape of the labels or one number
         */
        public Request trainFrom(Tensor initial) {
            train = new InitialOutputs(0, initial);
            return this;
        }

        /**
         * Asks for outputs on a test set, all of them {@code initial} before training.
         *
         * @param kTestTrain the kernel between test and training set, (N_test, N_train) with
         *     further pairs of axes for axes of the labels that are not traced
         */
        public Request testFrom(double initial, Tensor kTestTrain) {
            test = new InitialOutputs(initial, null);
            this.kTestTrain = kTestTrain;
            return this;
        }

        /**
         * Asks for outputs on a test set.
         *
         * @param initial the outputs before training, of the shape of the labels with the test
         *     set's extents, or one number
         * @param kTestTrain the kernel between test and training set, (N_test, N_train) with
         *     further pairs of axes for axes of the labels that are not traced
         */
        public Request testFrom(Tensor initial, Tensor kTestTrain) {
            test = new InitialOutputs(0, initial);
            this.kTestTrain = kTestTrain;
            return this;
        }

        /**
         * The outputs, in new memory that the caller frees by closing the result.
         *
         * @throws dev.jtangents.tensor.InputException when nothing is asked for, shapes do not fit,
         *     a number is not finite, or the regularised kernel is not positive semidefinite, or
         *     not positive definite and the time infinite
         * @throws IllegalStateException when the fit has been closed
         */
        public Outputs predict() {
            fit.labels.requireOpen();
            InitialOutputs.requireOne(train, test);
            Arena results = Arena.ofShared();
            try (Arena scratch = Arena.ofShared()) {
                Tensor residual = fit.residual(scratch, train);
                return new Outputs(
                        results,
                        train == null ? null : fit.train(results, scratch, time, train, residual),
                        test == null || kTestTrain == null
                                ? null
                                : fit.test(results, scratch, time, test, kTestTrain, residual));
            } catch (RuntimeException | Error failure) {
                results.close();
                throw failure;
            }
        }
    }

    /** f_train(0) - y. */
    private Tensor residual(Arena scratch, @Nullable InitialOutputs initial) {
        KernelAxes axes = labels.axes();
        Tensor residual =
                initial == null
                        ? axes.emptyOutputMatrix(scratch, axes.trainRows())
                        : initial.matrix(scratch, axes, axes.trainRows(), "fx_train_0");
        Matrices.addToBlocks(residual, -1, labels.matrix());
        return residual;
    }

    private Tensor train(
            Arena results, Arena scratch, Time time, InitialOutputs initial, Tensor residual) {
        KernelAxes axes = labels.axes();
        Shape rows = axes.trainRows();
        if (time.isInfinite()) {
            return axes.outputs(results, time.shape(), rows, labels.matrix());
        }
        double[] rates = time.rates(learningRate, labels.count());
        Tensor outputs =
                kernel.descendingSpectrum()
                        .apply(scratch, SpectralFunction::change, rates, residual);
        Matrices.addToBlocks(outputs, 1, initial.matrix(scratch, axes, rows, "fx_train_0"));
        return axes.outputs(results, time.shape(), rows, outputs);
    }

    private Tensor test(
            Arena results,
            Arena scratch,
            Time time,
            InitialOutputs initial,
            Tensor kTestTrain,
            Tensor residual) {
        KernelAxes axes = labels.axes();
        Shape rows = axes.testRows(kTestTrain, "k_test_train");
        Tensor testTrain = axes.testTrainMatrix(scratch, kTestTrain, rows, "k_test_train");
        Tensor start = initial.matrix(scratch, axes, rows, "fx_test_0");
        Tensor pull =
                time.isInfinite()
                        ? kernel.solve(scratch, residual)
                        : kernel.descendingSpectrum()
                                .apply(
                                        scratch,
                                        SpectralFunction::integral,
                                        time.rates(learningRate, labels.count()),
                                        residual);
        Tensor outputs = Matrices.zeros(scratch, rows.size(), pull.shape().extent(1));
        Matrices.addToBlocks(outputs, 1, start);
        LinearAlgebra.get().multiply(-1, testTrain, false, pull, false, 1, outputs);
        return axes.outputs(results, time.shape(), rows, outputs);
    }
}
