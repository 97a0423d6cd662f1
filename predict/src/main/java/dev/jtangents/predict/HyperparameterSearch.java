package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.hipparchus.exception.LocalizedCoreFormats;
import org.hipparchus.exception.MathIllegalStateException;
import org.hipparchus.optim.InitialGuess;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.nonlinear.scalar.MultivariateFunctionMappingAdapter;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunction;
import org.hipparchus.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.hipparchus.optim.nonlinear.scalar.noderiv.SimplexOptimizer;

import java.util.Arrays;
import java.util.function.Function;

/**
 * A search for the hyper-parameters under which a Gaussian process makes the labels most likely
 * ({@link GpInference#logMarginalLikelihood}), by the simplex method of Nelder and Mead (1965) on
 * their logarithms. It is deterministic, and finds a local maximum near the start.
 *
 * <p>A hyper-parameter that starts at 0 stays 0. Where the kernel is not positive definite the
 * likelihood counts as 0.
 */
public final class HyperparameterSearch {
    /** The edges of the first simplex, in the logit of the range: about a factor of e. */
    private static final double EDGE = 0.3;

    private final Tensor yTrain;
    private final Function<Hyperparameters, Tensor> family;
    private Hyperparameters start = new Hyperparameters(1.5, 0.1, 1e-3);
    private double range = 1000;
    private boolean absoluteScale;
    private int[] traceAxes = {-1};
    private int maxEvaluations = 200;
    private double tolerance = 1e-4;

    HyperparameterSearch(Tensor yTrain, Function<Hyperparameters, Tensor> family) {
        this.yTrain = yTrain;
        this.family = family;
    }

    /**
     * What was found.
     *
     * @param hyperparameters the best that were tried
     * @param logMarginalLikelihood of the labels under these
     * @param evaluations how many were tried
     * @param converged false when the evaluations ended the search
     */
    public record Optimum(
            Hyperparameters hyperparameters,
            double logMarginalLikelihood,
            int evaluations,
            boolean converged) {}

    /**
     * Where to start; at W_std = 1.5, b_std = 0.1, diag_reg = 1e-3 without this.
     *
     * @throws InputException unless all are finite and from 0
     */
    public HyperparameterSearch start(Hyperparameters value) {
        Checks.notNegative("W_std", value.weightStd());
        Checks.notNegative("b_std", value.biasStd());
        Checks.notNegative("diag_reg", value.diagReg());
        start = value;
        return this;
    }

    /**
     * The largest factor by which a hyper-parameter may leave its start, up or down; 1000 at first.
     *
     * @throws InputException unless it is finite and above 1
     */
    public HyperparameterSearch range(double factor) {
        if (!(factor > 1) || Double.isInfinite(factor)) {
            throw new InputException(
                    "range = " + factor + " is not allowed; give a finite factor above 1.");
        }
        range = factor;
        return this;
    }

    /** As {@link FitBuilder#diagRegAbsoluteScale}: false at first. */
    public HyperparameterSearch diagRegAbsoluteScale(boolean value) {
        absoluteScale = value;
        return this;
    }

    /** As {@link FitBuilder#traceAxes}: the last axis at first. */
    public HyperparameterSearch traceAxes(int... axes) {
        traceAxes = axes.clone();
        return this;
    }

    /**
     * How many kernels to try at most; 200 at first.
     *
     * @throws InputException unless it is above 0
     */
    public HyperparameterSearch maxEvaluations(int value) {
        Checks.positive("max_evaluations", value);
        maxEvaluations = value;
        return this;
    }

    /**
     * The change of the log-likelihood at which the search ends; 1e-4 at first.
     *
     * @throws InputException unless it is finite and above 0
     */
    public HyperparameterSearch tolerance(double value) {
        tolerance = Checks.positive("tolerance", value);
        return this;
    }

    /**
     * Searches. The kernels that the family gives are closed here.
     *
     * @throws InputException when a kernel does not fit the labels or has numbers that are not
     *     finite, when every hyper-parameter starts at 0, or when no kernel that was tried is
     *     positive definite
     */
    public Optimum maximize() {
        double[] logarithms = Trials.varied(start);
        if (logarithms.length == 0) {
            throw new InputException(
                    "Every hyper-parameter starts at 0, where it would stay; start one of W_std,"
                            + " b_std, diag_reg above 0.");
        }
        try (Labels labels = Labels.of(yTrain, traceAxes)) {
            Trials trials = new Trials(start, at -> logLikelihood(labels, at));
            double width = Math.log(range);
            MultivariateFunctionMappingAdapter bounded =
                    new MultivariateFunctionMappingAdapter(
                            trials,
                            Arrays.stream(logarithms).map(x -> x - width).toArray(),
                            Arrays.stream(logarithms).map(x -> x + width).toArray());
            boolean converged = search(bounded, logarithms);
            if (trials.best() == null) {
                throw new InputException(
                        "No kernel of the search is positive definite: start from a larger"
                                + " diag_reg than "
                                + start.diagReg()
                                + ".");
            }
            return new Optimum(trials.best(), trials.highest(), trials.count(), converged);
        }
    }

    private boolean search(MultivariateFunctionMappingAdapter bounded, double[] logarithms) {
        try {
            new SimplexOptimizer(Double.MIN_NORMAL, tolerance)
                    .optimize(
                            new MaxEval(maxEvaluations),
                            new ObjectiveFunction(bounded),
                            GoalType.MAXIMIZE,
                            new InitialGuess(bounded.boundedToUnbounded(logarithms)),
                            new NelderMeadSimplex(logarithms.length, EDGE));
            return true;
        } catch (MathIllegalStateException ended) {
            if (ended.getSpecifier() != LocalizedCoreFormats.MAX_COUNT_EXCEEDED) {
                throw ended;
            }
            return false;
        }
    }

    private double logLikelihood(Labels labels, Hyperparameters at) {
        Regularization regularization = new Regularization(at.diagReg(), absoluteScale, 0);
        try (Tensor kernel = family.apply(at);
                TrainingKernel training =
                        TrainingKernel.of(kernel, "k_train_train", labels, regularization)) {
            return training.isPositiveDefinite()
                    ? MarginalLikelihood.logarithm(training)
                    : Double.NEGATIVE_INFINITY;
        }
    }
}
