package dev.jtangents.predict;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.kernel.KernelFunction;
import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.MemoryBudget;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The ensemble of infinitely wide networks, drawn at random and trained by gradient descent on the
 * mean squared error: a Gaussian distribution at every time, in closed form. Before training it has
 * mean 0 and the NNGP kernel as covariance.
 *
 * <p>For kernel K (NNGP or NTK; N and T below), R = K + reg I, M labels, τ = learning rate · t / M
 * and B(τ) = R⁻¹ (1 - exp(-R τ)):
 *
 * <ul>
 *   <li>mean: (1 - exp(-R τ)) y on the training set, K* B(τ) y on a test set;
 *   <li>covariance with the NNGP kernel, where only the last layer is trained: R exp(-2 R τ) on the
 *       training set, N** - N* B(2τ) N*ᵀ on a test set;
 *   <li>covariance with the NTK, where all layers are: exp(-R τ) N exp(-R τ) on the training set,
 *       N** + Aᵀ N A - (N* A + its transpose) with A = B(τ) T*ᵀ on a test set.
 * </ul>
 *
 * (Lee et al. 2019, arXiv:1902.06720, equations 14 to 16 and the appendix; Jacot et al. 2018,
 * arXiv:1806.07572.) At infinite time this is {@link GpInference}.
 *
 * <p>Train-train kernels are computed and factored when first needed, and kept until {@link
 * #close}: all times and all test sets share them. For means alone, test sets may be of any size:
 * their kernel is computed for some of them at a time, within the budget of {@link Builder#memory}.
 * The labels are copied, but <b>the training examples are not</b>: the caller keeps {@code xTrain}
 * open and unchanged as long as the ensemble is used.
 */
public final class GradientDescentMseEnsemble implements AutoCloseable {
    private final KernelFunction function;
    private final Tensor xTrain;
    private final TrainingSet training;
    private final double learningRate;
    private final long memory;

    private GradientDescentMseEnsemble(
            KernelFunction function,
            Tensor xTrain,
            TrainingSet training,
            double learningRate,
            long memory) {
        this.function = function;
        this.xTrain = xTrain;
        this.training = training;
        this.learningRate = learningRate;
        this.memory = memory;
    }

    /** A request for the distribution after this time of training. */
    public Request at(Time time) {
        return new Request(this, time);
    }

    /**
     * An estimate of the reciprocal condition number of the regularised train-train kernel: from 1
     * down to 0 for a singular or indefinite one. Solutions lose about as many digits as it has
     * zeros. Computes the kernel and makes the eigendecomposition if nothing is known yet.
     *
     * @throws InputException when the kernel function gives no such kernel
     * @throws IllegalStateException after close
     */
    public double reciprocalCondition(KernelName name) {
        return training(EnumSet.of(name)).kernel(name).reciprocalCondition();
    }

    /**
     * What the infinite time has added to the diagonal of the regularised train-train kernel, up to
     * {@link FitBuilder#maxJitter}, because it could not be solved with otherwise; 0 when nothing
     * had to be added or no infinite time has been asked for yet.
     *
     * @throws InputException when the kernel function gives no such kernel
     * @throws IllegalStateException after close
     */
    public double jitter(KernelName name) {
        return training(EnumSet.of(name)).kernel(name).jitter();
    }

    private synchronized TrainingSet training(Set<KernelName> needed) {
        training.labels().requireOpen();
        Set<KernelName> missing = EnumSet.copyOf(needed);
        missing.removeAll(training.names());
        if (!missing.isEmpty()) {
            try (Kernels kernels = function.kernels(xTrain, null, missing)) {
                training.add(kernels, missing);
            }
        }
        return training;
    }

    /** Frees what the ensemble owns. Closing twice is allowed. */
    @Override
    public synchronized void close() {
        training.close();
    }

    /** Collects the options of an ensemble. */
    public static final class Builder extends FitBuilder<Builder> {
        private final KernelFunction function;
        private final Tensor xTrain;
        private final Tensor yTrain;
        private double learningRate = 1;
        private long memory = MemoryBudget.standard();

        Builder(KernelFunction function, Tensor xTrain, Tensor yTrain) {
            this.function = function;
            this.xTrain = xTrain;
            this.yTrain = yTrain;
        }

        @Override
        Builder self() {
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
         * The budget in bytes for what a request takes, with its results and what is kept for later
         * ones; {@link MemoryBudget#standard} at first. What the kernel function itself takes does
         * not count.
         *
         * @throws InputException unless it is above 0
         */
        public Builder memory(long bytes) {
            Checks.positive("memory", bytes);
            memory = bytes;
            return this;
        }

        /**
         * Copies the labels; no kernel is computed yet.
         *
         * @throws InputException when the labels are empty or not finite, or a trace axis does not
         *     exist
         */
        public GradientDescentMseEnsemble build() {
            Labels labels = Labels.of(yTrain, tracedAxes());
            return new GradientDescentMseEnsemble(
                    function,
                    xTrain,
                    new TrainingSet(labels, regularization()),
                    learningRate,
                    memory);
        }
    }

    /** Which distributions are asked for, and on which examples. */
    public static final class Request {
        private final GradientDescentMseEnsemble ensemble;
        private final Time time;
        private List<Inference> asked = List.of(Inference.NNGP, Inference.NTK);
        private @Nullable Tensor xTest;
        private boolean withCovariance;

        private Request(GradientDescentMseEnsemble ensemble, Time time) {
            this.ensemble = ensemble;
            this.time = time;
        }

        /**
         * The kernels that rule the training, in the order of the result; without this nngp and
         * ntk.
         *
         * @throws InputException when none is named
         */
        public Request get(KernelName... names) {
            if (names.length == 0) {
                throw new InputException("Nothing was asked for: name nngp, ntk or both.");
            }
            asked =
                    Arrays.stream(names)
                            .distinct()
                            .map(name -> Inference.valueOf(name.name()))
                            .toList();
            return this;
        }

        /** Predicts on these examples; without this on the training set. */
        public Request on(Tensor xTest) {
            this.xTest = xTest;
            return this;
        }

        /** Asks for covariances too. */
        public Request covariance() {
            withCovariance = true;
            return this;
        }

        /**
         * The distributions, in new memory that the caller frees by closing the result.
         *
         * @throws InputException when the kernel function gives a kernel that does not fit, the
         *     memory does not suffice, or a regularised train-train kernel is not positive
         *     semidefinite, or not positive definite and the time infinite
         * @throws IllegalStateException when the ensemble has been closed
         */
        public Gaussians predict() {
            Set<KernelName> needed = Inference.needed(asked, withCovariance);
            EnsembleMemory memory = memory(needed);
            int threads = threads(memory);
            TrainingSet training = ensemble.training(needed);
            if (!time.isInfinite()) {
                SideBySide.decompose(training, asked);
            } else if (xTest != null) {
                SideBySide.solve(training, asked);
            }
            Arena results = Arena.ofShared();
            try (Arena scratch = Arena.ofShared()) {
                GradientFlow flow =
                        new GradientFlow(
                                training, time, ensemble.learningRate, WorkerPool.of(threads));
                SequencedMap<Inference, Gaussian> gaussians;
                if (xTest == null) {
                    gaussians = onTrainingSet(results, training, flow);
                } else if (withCovariance) {
                    gaussians = onTestSet(results, training, flow, testSet(scratch, xTest));
                } else {
                    long tile =
                            memory.testExamplesAtATime(xTest.shape().extent(0), rowsOfAnExample());
                    gaussians = means(scratch, training, flow).on(results, xTest, tile);
                }
                return new Gaussians(results, gaussians);
            } catch (RuntimeException | Error failure) {
                results.close();
                throw failure;
            }
        }

        /** What the request takes, with what earlier ones have left. */
        private EnsembleMemory memory(Set<KernelName> needed) {
            Labels labels = ensemble.training.labels();
            labels.requireOpen();
            Set<KernelName> kept = EnumSet.copyOf(needed);
            kept.addAll(ensemble.training.names());
            EnsembleMemory memory =
                    new EnsembleMemory(
                            ensemble.memory,
                            labels.matrix().shape().extent(0),
                            labels.matrix().shape().extent(1),
                            kept.size(),
                            asked.size(),
                            time.isInfinite() ? 0 : time.shape().size());
            if (xTest != null && (xTest.shape().rank() == 0 || xTest.size() == 0)) {
                throw new InputException(
                        "x_test of shape " + xTest.shape() + " has no test examples.");
            }
            return memory;
        }

        /** On how many threads covariances are computed; refuses what does not fit the memory. */
        private int threads(EnsembleMemory memory) {
            if (xTest == null) {
                memory.requireTraining();
                return withCovariance ? memory.trainingCovarianceThreads() : 1;
            }
            long count = xTest.shape().extent(0);
            if (withCovariance) {
                return memory.testCovarianceThreads((double) count * rowsOfAnExample());
            }
            memory.testExamplesAtATime(count, rowsOfAnExample());
            return 1;
        }

        private long rowsOfAnExample() {
            Labels labels = ensemble.training.labels();
            return labels.matrix().shape().extent(0) / labels.axes().trainExamples();
        }

        private SequencedMap<Inference, Gaussian> onTrainingSet(
                Arena results, TrainingSet training, GradientFlow flow) {
            return Inference.each(
                    asked,
                    inference ->
                            time.isInfinite()
                                    ? Posterior.onTrainingSet(
                                            results, training, inference, uncertainty())
                                    : flow.onTrainingSet(results, inference, withCovariance));
        }

        private SequencedMap<Inference, Gaussian> onTestSet(
                Arena results, TrainingSet training, GradientFlow flow, TestSet test) {
            return Inference.each(
                    asked,
                    inference ->
                            time.isInfinite()
                                    ? Posterior.onTestSet(results, training, test, inference)
                                    : flow.onTestSet(results, test, inference));
        }

        private EnsembleMeans means(Arena scratch, TrainingSet training, GradientFlow flow) {
            SequencedMap<Inference, Tensor> weights =
                    Inference.each(
                            asked,
                            inference ->
                                    time.isInfinite()
                                            ? training.kernel(inference.kernel()).weights()
                                            : flow.weights(scratch, inference));
            return new EnsembleMeans(
                    ensemble.function, ensemble.xTrain, training.labels().axes(), time, weights);
        }

        private TestSet testSet(Arena scratch, Tensor examples) {
            KernelFunction function = ensemble.function;
            Set<KernelName> needed = Inference.needed(asked, true);
            try (Kernels testTrain = function.kernels(examples, ensemble.xTrain, needed);
                    Kernels testTest = function.kernels(examples, null, Inference.priors(asked))) {
                KernelAxes axes = ensemble.training.labels().axes();
                return TestSet.of(
                        scratch, axes, asked, testTrain, Uncertainty.COVARIANCE, testTest);
            }
        }

        private Uncertainty uncertainty() {
            return withCovariance ? Uncertainty.COVARIANCE : Uncertainty.NONE;
        }
    }
}
