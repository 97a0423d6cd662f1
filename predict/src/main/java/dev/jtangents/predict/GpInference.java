package dev.jtangents.predict;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Gaussian process inference with the kernels of an infinitely wide network, and the ensemble of
 * such networks trained without end.
 *
 * <p>With train-train, test-train and test-test kernels K, K* and K**, R = K + reg I, and N for the
 * NNGP kernel, T for the NTK:
 *
 * <ul>
 *   <li>{@link Inference#NNGP}: mean N* R⁻¹ y, covariance N** - N* R⁻¹ N*ᵀ (Rasmussen and Williams
 *       2006, equations 2.25 and 2.26);
 *   <li>{@link Inference#NTKGP}: the same with T for N;
 *   <li>{@link Inference#NTK}: mean T* R⁻¹ y, covariance N** + Aᵀ N A - (N* A + its transpose) with
 *       A = R⁻¹ T*ᵀ, R = T + reg I (Lee et al. 2019, arXiv:1902.06720, equation 16; Jacot et al.
 *       2018, arXiv:1806.07572).
 * </ul>
 *
 * <p>An inference owns copies of the kernels and the labels and one Cholesky factor per kernel,
 * made when first needed. {@link #close} frees them.
 */
public final class GpInference implements AutoCloseable {
    private final TrainingSet training;

    private GpInference(TrainingSet training) {
        this.training = training;
    }

    /**
     * A request for the distribution of outputs on a test set.
     *
     * @param kTestTrain the kernels between test and training set, (N_test, N_train) with further
     *     pairs of axes for axes of the labels that are not traced
     */
    public Request on(Kernels kTestTrain) {
        return new Request(training, kTestTrain);
    }

    /** A request on a test set for the NNGP kernel, or any covariance function, alone. */
    public Request on(Tensor kTestTrain) {
        return on(Kernels.nngp(kTestTrain));
    }

    /**
     * A request for the distribution of outputs on the training set: the labels, with covariance 0,
     * whatever the regularisation. (For regularised outputs pass the train-train kernels to {@link
     * #on(Kernels)}.)
     */
    public Request onTrainingSet() {
        return new Request(training, null);
    }

    /**
     * An estimate of the reciprocal condition number of the regularised train-train kernel: from 1
     * down to 0 for a singular or indefinite one. Solutions lose about as many digits as it has
     * zeros. Makes the eigendecomposition if nothing is factored yet.
     *
     * @throws InputException when this kernel was not given
     * @throws IllegalStateException after close
     */
    public double reciprocalCondition(KernelName name) {
        training.labels().requireOpen();
        return training.kernel(name).reciprocalCondition();
    }

    /**
     * What has been added to the diagonal of the regularised train-train kernel, up to {@link
     * FitBuilder#maxJitter}, because it could not be solved with otherwise; 0 when nothing had to
     * be added or nothing has been asked for yet.
     *
     * @throws InputException when this kernel was not given
     * @throws IllegalStateException after close
     */
    public double jitter(KernelName name) {
        training.labels().requireOpen();
        return training.kernel(name).jitter();
    }

    /**
     * The logarithm of the marginal likelihood: of the density of the labels under the Gaussian
     * process with this kernel, plus the regularisation on the diagonal, as covariance (Rasmussen
     * and Williams 2006, equation 2.30). Columns of labels along traced axes are independent; this
     * is the sum over them.
     *
     * @throws InputException when this kernel was not given, or is not positive definite with the
     *     regularisation
     * @throws IllegalStateException after close
     */
    public double logMarginalLikelihood(KernelName name) {
        training.labels().requireOpen();
        return MarginalLikelihood.logarithm(training.kernel(name));
    }

    /** Frees what the inference owns. Closing twice is allowed. */
    @Override
    public void close() {
        training.close();
    }

    /** Collects the options of an inference. */
    public static final class Builder extends FitBuilder<Builder> {
        private final Kernels kTrainTrain;
        private final Tensor yTrain;

        Builder(Kernels kTrainTrain, Tensor yTrain) {
            this.kTrainTrain = kTrainTrain;
            this.yTrain = yTrain;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Copies kernels and labels; nothing is factored yet.
         *
         * @throws InputException when the shapes do not fit, a number is not finite, or a kernel is
         *     not symmetric
         */
        public GpInference build() {
            EnumSet<KernelName> given = EnumSet.allOf(KernelName.class);
            given.removeIf(name -> kTrainTrain.get(name) == null);
            if (given.isEmpty()) {
                throw new InputException("k_train_train has neither an nngp nor an ntk kernel.");
            }
            TrainingSet training =
                    new TrainingSet(Labels.of(yTrain, tracedAxes()), regularization());
            try {
                training.add(kTrainTrain, given);
                return new GpInference(training);
            } catch (RuntimeException | Error failure) {
                training.close();
                throw failure;
            }
        }
    }

    /** Which distributions are asked for. */
    public static final class Request {
        private final TrainingSet training;
        private final @Nullable Kernels kTestTrain;
        private List<Inference> asked;
        private Uncertainty uncertainty = Uncertainty.NONE;
        private @Nullable Kernels kTestTest;

        private Request(TrainingSet training, @Nullable Kernels kTestTrain) {
            this.training = training;
            this.kTestTrain = kTestTrain;
            this.asked =
                    training.names().stream().map(name -> Inference.valueOf(name.name())).toList();
        }

        /**
         * The distributions to compute, in the order of the result. Without this they are nngp and
         * ntk, as far as there are train-train kernels for them.
         *
         * @throws InputException when none is named
         */
        public Request get(Inference... names) {
            if (names.length == 0) {
                throw new InputException("Nothing was asked for: name nngp, ntk or ntkgp.");
            }
            asked = List.copyOf(new LinkedHashSet<>(Arrays.asList(names)));
            return this;
        }

        /** Asks for covariances too, on the training set. */
        public Request covariance() {
            uncertainty = Uncertainty.COVARIANCE;
            return this;
        }

        /**
         * Asks for covariances too, on a test set.
         *
         * @param kTestTest the kernels between test examples that the covariances start from: the
         *     NNGP kernel for {@link Inference#NNGP} and {@link Inference#NTK}, the NTK for {@link
         *     Inference#NTKGP}
         */
        public Request covariance(Kernels kTestTest) {
            this.kTestTest = kTestTest;
            return covariance();
        }

        /** Asks for covariances too, on a test set with this NNGP kernel. */
        public Request covariance(Tensor nngpTestTest) {
            return covariance(Kernels.nngp(nngpTestTest));
        }

        /** Asks for variances too, the diagonals of the covariances, on the training set. */
        public Request variance() {
            uncertainty = Uncertainty.VARIANCE;
            return this;
        }

        /**
         * Asks for variances too, the diagonals of the covariances, on a test set. Neither the
         * kernel between test examples nor the covariance is ever held in full.
         *
         * @param kTestTestDiagonal the diagonals of the kernels that {@link #covariance(Kernels)}
         *     takes: (N_test,), with further axes for axes of the labels that are not traced
         */
        public Request variance(Kernels kTestTestDiagonal) {
            this.kTestTest = kTestTestDiagonal;
            return variance();
        }

        /** Asks for variances too, on a test set with this diagonal of the NNGP kernel. */
        public Request variance(Tensor nngpTestTestDiagonal) {
            return variance(Kernels.nngp(nngpTestTestDiagonal));
        }

        /**
         * The distributions, in new memory that the caller frees by closing the result.
         *
         * @throws InputException when a kernel is missing, shapes do not fit, a number is not
         *     finite, a regularised train-train kernel is not positive definite, or a variance is
         *     negative beyond rounding because the kernels do not belong together
         * @throws IllegalStateException when the inference has been closed
         */
        public Gaussians predict() {
            training.labels().requireOpen();
            requireMatchingCovariance();
            Arena results = Arena.ofShared();
            try (Arena scratch = Arena.ofShared()) {
                TestSet test =
                        kTestTrain == null
                                ? null
                                : TestSet.of(
                                        scratch,
                                        training.labels().axes(),
                                        asked,
                                        kTestTrain,
                                        uncertainty,
                                        kTestTest);
                if (test != null) {
                    SideBySide.solve(training, asked);
                }
                return new Gaussians(
                        results,
                        Inference.each(
                                asked,
                                inference ->
                                        test == null
                                                ? Posterior.onTrainingSet(
                                                        results, training, inference, uncertainty)
                                                : Posterior.onTestSet(
                                                        results, training, test, inference)));
            } catch (RuntimeException | Error failure) {
                results.close();
                throw failure;
            }
        }

        private void requireMatchingCovariance() {
            if (kTestTrain == null && kTestTest != null) {
                throw new InputException(
                        "k_test_test was given without k_test_train. On the training set call"
                                + " covariance() or variance() without kernels.");
            }
            if (kTestTrain != null && uncertainty != Uncertainty.NONE && kTestTest == null) {
                throw new InputException(
                        "The covariance on a test set needs k_test_test, the kernel between test"
                                + " examples: pass it to covariance, or its diagonal to"
                                + " variance.");
            }
        }
    }
}
