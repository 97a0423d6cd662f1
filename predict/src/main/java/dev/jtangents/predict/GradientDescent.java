package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The outputs of a network under gradient descent on any loss: the limit of small steps with a
 * constant neural tangent kernel, integrated numerically.
 *
 * <p>For train-train kernel K, test-train kernel K* and the gradient g of the loss in the training
 * outputs,
 *
 * <pre>
 * f_train' = -K g(f_train)    f_test' = -K* g(f_train)
 * </pre>
 *
 * in the time τ = learning rate · t (Jacot et al. 2018, arXiv:1806.07572, section 4; Lee et al.
 * 2019, arXiv:1902.06720, section 2.2). With momentum m, gradient descent with steps of the
 * learning rate becomes, in the time τ = h t with h = √(learning rate),
 *
 * <pre>
 * f_train'' = -γ f_train' - K g(f_train)    f_test'' = -γ f_test' - K* g(f_train)
 * </pre>
 *
 * with friction γ = (1 - m) / h (Qian 1999, "On the momentum term in gradient descent learning
 * algorithms"). Momentum 0 is not the same as none.
 *
 * <p>The solver is an adaptive Runge-Kutta method of order 8. Where the eigenvalues of the kernel
 * differ greatly it takes many steps, until a budget of evaluations ends it with a message; for the
 * mean squared error {@link GradientDescentMse} needs none. At infinite time it goes on to a
 * stationary point, which there need not be: the cross-entropy of labels that are certain pushes
 * outputs ever further.
 *
 * <p>A fit owns copies of the kernel and the labels. {@link #close} frees them.
 */
public final class GradientDescent implements AutoCloseable {
    private final TrainingKernel kernel;
    private final Labels labels;
    private final Loss loss;
    private final FlowOptions options;

    private GradientDescent(TrainingKernel kernel, Labels labels, Loss loss, FlowOptions options) {
        this.kernel = kernel;
        this.labels = labels;
        this.loss = loss;
        this.options = options;
    }

    /** A request for outputs after this time of training. */
    public Request at(Time time) {
        return new Request(this, time);
    }

    /**
     * The reciprocal condition number of the kernel: from 1 down to 0 for a singular one. The
     * integration up to a stationary point takes a multiple of its inverse of steps. Makes an
     * eigendecomposition, once.
     *
     * @throws IllegalStateException after close
     */
    public double reciprocalCondition() {
        labels.requireOpen();
        return kernel.reciprocalCondition();
    }

    /** Frees what the fit owns. Closing twice is allowed. */
    @Override
    public void close() {
        kernel.close();
        labels.close();
    }

    /** Collects the options of a fit. Arrays are read when {@code build()} is called. */
    public static final class Builder {
        private final Loss loss;
        private final Tensor kTrainTrain;
        private final Tensor yTrain;
        private int[] traceAxes = {-1};
        private double learningRate = 1;
        private OptionalDouble momentum = OptionalDouble.empty();
        private double absoluteTolerance = 1e-10;
        private double relativeTolerance = 1e-10;
        private double stationaryTolerance = 1e-8;
        private int maxEvaluations = 200_000;
        private @Nullable ProgressListener listener;

        Builder(Loss loss, Tensor kTrainTrain, Tensor yTrain) {
            this.loss = loss;
            this.kTrainTrain = kTrainTrain;
            this.yTrain = yTrain;
        }

        /** As {@link FitBuilder#traceAxes}: the last axis at first. */
        public Builder traceAxes(int... axes) {
            traceAxes = axes.clone();
            return this;
        }

        /**
         * The learning rate, 1 at first.
         *
         * @throws InputException unless it is finite and above 0
         */
        public Builder learningRate(double value) {
            learningRate = Checks.learningRate(value);
            return this;
        }

        /**
         * The momentum; none at first, which is not the same as 0.
         *
         * @throws InputException unless it is from 0 to below 1
         */
        public Builder momentum(double value) {
            momentum = OptionalDouble.of(Checks.momentum(value));
            return this;
        }

        /**
         * How far the solver may go wrong in each step: by the absolute tolerance plus the relative
         * one times the output (and the velocity), in the mean square over all. Both 1e-10 at
         * first.
         *
         * @throws InputException unless they are finite and above 0
         */
        public Builder tolerances(double absolute, double relative) {
            absoluteTolerance = Checks.positive("absolute_tolerance", absolute);
            relativeTolerance = Checks.positive("relative_tolerance", relative);
            return this;
        }

        /**
         * What counts as a stationary point at infinite time: outputs that change by no more than
         * this part of the largest while the time grows by a quarter, when no more than a millionth
         * of the gradient is left in the directions that the kernel moves. 1e-8 at first; keep it
         * well above the solver's tolerances.
         *
         * @throws InputException unless it is finite and above 0
         */
        public Builder stationaryTolerance(double value) {
            stationaryTolerance = Checks.positive("stationary_tolerance", value);
            return this;
        }

        /**
         * How often the gradient may be computed for one request, each time with a product of the
         * kernel with a matrix of the labels' size; 200,000 at first. A step takes 12.
         *
         * @throws InputException unless it is above 0
         */
        public Builder maxEvaluations(int value) {
            Checks.positive("max_evaluations", value);
            maxEvaluations = value;
            return this;
        }

        /** Who is told of the progress of an integration, on the thread that makes the request. */
        public Builder progress(ProgressListener value) {
            listener = value;
            return this;
        }

        /**
         * Copies kernel and labels.
         *
         * @throws InputException when the shapes do not fit, a number is not finite, or the kernel
         *     is not symmetric and, up to rounding, positive semidefinite
         */
        public GradientDescent build() {
            FlowOptions options =
                    new FlowOptions(
                            learningRate,
                            momentum,
                            absoluteTolerance,
                            relativeTolerance,
                            stationaryTolerance,
                            maxEvaluations,
                            listener);
            Labels labels = Labels.of(yTrain, traceAxes);
            try {
                TrainingKernel kernel =
                        TrainingKernel.of(
                                kTrainTrain, "k_train_train", labels, Regularization.NONE);
                try {
                    kernel.requireSemidefinite();
                    return new GradientDescent(kernel, labels, loss, options);
                } catch (RuntimeException | Error failure) {
                    kernel.close();
                    throw failure;
                }
            } catch (RuntimeException | Error failure) {
                labels.close();
                throw failure;
            }
        }
    }

    /**
     * From where training starts, and which test set is carried along. Without more it starts from
     * outputs of 0, at rest, without a test set.
     */
    public static final class Request {
        private final GradientDescent fit;
        private final Time time;
        private FlowStart train = FlowStart.at(0);
        private FlowStart test = FlowStart.at(0);
        private @Nullable Tensor kTestTrain;

        private Request(GradientDescent fit, Time time) {
            this.fit = fit;
            this.time = time;
        }

        /** Starts from training outputs that are all {@code initial}, at rest. */
        public Request trainFrom(double initial) {
            train = FlowStart.at(initial);
            return this;
        }

        /**
         * Starts from these training outputs, at rest.
         *
         * @param initial of the shape of the labels, or one number
         */
        public Request trainFrom(Tensor initial) {
            train = FlowStart.at(initial);
            return this;
        }

        /**
         * Carries a test set along, whose outputs start all from {@code initial}, at rest.
         *
         * @param kTestTrain the kernel between test and training set, (N_test, N_train) with
         *     further pairs of axes for axes of the labels that are not traced
         */
        public Request testFrom(double initial, Tensor kTestTrain) {
            test = FlowStart.at(initial);
            this.kTestTrain = kTestTrain;
            return this;
        }

        /**
         * Carries a test set along, whose outputs start from these, at rest.
         *
         * @param initial of the shape of the labels with the test set's extents, or one number
         * @param kTestTrain the kernel between test and training set
         */
        public Request testFrom(Tensor initial, Tensor kTestTrain) {
            test = FlowStart.at(initial);
            this.kTestTrain = kTestTrain;
            return this;
        }

        /**
         * Goes on from a state at one time, without its test set if it has one. The times of this
         * request count from there.
         */
        public Request from(OdeState state) {
            Tensor velocity = state.hasVelocity() ? state.trainVelocity() : null;
            train = FlowStart.at(state.train(), velocity);
            return this;
        }

        /**
         * Goes on from a state at one time with its test set.
         *
         * @param kTestTrain the kernel between the test set of the state and the training set
         * @throws IllegalStateException when the state has no test set
         */
        public Request from(OdeState state, Tensor kTestTrain) {
            Tensor velocity = state.hasVelocity() ? state.testVelocity() : null;
            test = FlowStart.at(state.test(), velocity);
            this.kTestTrain = kTestTrain;
            return from(state);
        }

        /**
         * Integrates, and gives the state at all times of the request in new memory, which the
         * caller frees by closing it.
         *
         * @throws InputException when shapes do not fit, a number is not finite, a velocity comes
         *     without momentum, or the integration comes to no end: it exceeds its budget, cannot
         *     keep its tolerances, meets a gradient that is not finite, or the time is infinite and
         *     there is no stationary point
         * @throws IllegalStateException when the fit has been closed
         * @throws java.util.concurrent.CancellationException when the thread is interrupted, which
         *     it stays
         */
        public OdeState predict() {
            fit.labels.requireOpen();
            Arena results = Arena.ofShared();
            try (Arena scratch = Arena.ofShared()) {
                FlowRun run = new FlowRun(fit.kernel, fit.loss, fit.options, scratch);
                TestPath path = kTestTrain == null ? null : run.testPath(test, kTestTrain);
                List<FlowPoint> points = run.points(train, path, time);
                return run.state(results, time, points, path);
            } catch (RuntimeException | Error failure) {
                results.close();
                throw failure;
            }
        }
    }
}
