package dev.jtangents.predict;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

/**
 * How likely a Gaussian process makes the labels: the logarithm of their density, -1/2 yᵀ R⁻¹ y -
 * 1/2 log det R - n/2 log 2π, summed over the columns of labels, which are independent and alike
 * (Rasmussen and Williams 2006, equation 2.30).
 */
final class MarginalLikelihood {
    private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

    private MarginalLikelihood() {}

    /**
     * @throws InputException when R is not positive definite, or the labels are so large that their
     *     squares overflow
     */
    static double logarithm(TrainingKernel kernel) {
        Tensor factor = kernel.factor();
        Tensor labels = kernel.labels().matrix();
        long n = labels.shape().extent(0);
        double logDeterminant = 0;
        for (long i = 0; i < n; i++) {
            logDeterminant += 2 * Math.log(factor.get(i, i));
        }
        double fit = Matrices.innerProduct(labels, kernel.weights());
        double logarithm =
                -0.5 * (fit + labels.shape().extent(1) * (logDeterminant + n * LOG_TWO_PI));
        if (!Double.isFinite(logarithm)) {
            throw new InputException(
                    "The marginal likelihood overflows f64: the squares of the labels are too large"
                            + " beside the kernel. Rescale them.");
        }
        return logarithm;
    }
}
