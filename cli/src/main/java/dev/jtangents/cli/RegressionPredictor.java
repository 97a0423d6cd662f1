package dev.jtangents.cli;

import dev.jtangents.predict.KernelRegression;
import dev.jtangents.predict.solver.NotConvergedException;
import dev.jtangents.tensor.Tensor;

import java.io.PrintStream;

/**
 * Predicts with a solver for training sets of any size, for networks trained without end.
 *
 * @param covariance how much of it is kept
 * @param err is told how it is solved
 */
record RegressionPredictor(CovarianceKind covariance, PrintStream err) {
    /**
     * Fits one kernel and predicts.
     *
     * @param into takes what is predicted
     * @throws ArithmeticException when the solver does not converge
     */
    void predict(KernelRegression.Builder builder, Tensor xTest, Prediction into) {
        String name = into.kernel().label();
        err.println(name + ": " + builder.describe());
        try (KernelRegression fit = builder.build()) {
            err.println(fit.describe());
            try (Tensor mean = fit.mean(xTest)) {
                into.putMean(0, 0, mean);
            }
            if (covariance != CovarianceKind.NONE) {
                predictCovariance(fit, xTest, into);
            }
        } catch (NotConvergedException failure) {
            throw new ArithmeticException(
                    name
                            + " by "
                            + failure.problem()
                            + " Raise --diag-reg, --tolerance or --max-iterations.");
        }
    }

    private void predictCovariance(KernelRegression fit, Tensor xTest, Prediction into) {
        long examples = xTest.shape().extent(0);
        long block = covariance.block(examples);
        for (long from = 0; from < examples; from += block) {
            Tensor some = xTest.slice(0, from, Math.min(examples, from + block));
            try (Tensor matrix = fit.covariance(some)) {
                into.putCovariance(0, from, matrix);
            }
        }
    }
}
