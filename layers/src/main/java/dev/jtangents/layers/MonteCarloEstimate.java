package dev.jtangents.layers;

import dev.jtangents.kernel.KernelName;
import dev.jtangents.kernel.Kernels;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Kernels estimated as means over random networks. Closing it frees all arrays.
 *
 * @param samples the number of networks
 * @param mean the estimates
 * @param standardError for each entry the standard error of its mean, NaN for a single sample
 */
public record MonteCarloEstimate(int samples, Kernels mean, Kernels standardError)
        implements AutoCloseable {
    /** Fewer samples tell too little of the spread to stop by it. */
    public static final int FEWEST_TO_STOP = 8;

    /**
     * The root mean square of the standard errors of a kernel, relative to that of its entries; NaN
     * for a single sample, 0 when all samples are zero.
     */
    public double relativeError(KernelName name) {
        double error = sumOfSquares(standardError.get(name));
        return error == 0 ? 0 : Math.sqrt(error / sumOfSquares(mean.get(name)));
    }

    /** Whether there are enough samples, and the relative error of each kernel is so small. */
    public boolean isWithin(double tolerance) {
        return samples >= FEWEST_TO_STOP
                && Arrays.stream(KernelName.values())
                        .filter(name -> mean.get(name) != null)
                        .allMatch(name -> relativeError(name) <= tolerance);
    }

    private static double sumOfSquares(@Nullable Tensor tensor) {
        if (tensor == null) {
            throw new IllegalArgumentException("The kernel has not been estimated");
        }
        double sum = 0;
        for (double value : tensor.toArray()) {
            sum += value * value;
        }
        return sum;
    }

    @Override
    public void close() {
        mean.close();
        standardError.close();
    }
}
