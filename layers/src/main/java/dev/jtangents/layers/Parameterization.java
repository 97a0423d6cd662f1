package dev.jtangents.layers;

import java.util.Locale;

/**
 * Where the scale of random weights stands. With n inputs to each output, the fan-in, and the
 * covariance q and NTK Θ of these inputs (of a convolution their means over its window):
 */
public enum Parameterization {
    /**
     * In the layer: W and b are N(0, 1) and z = W_std / sqrt(n) x W + b_std b, so that (Jacot et
     * al. 2018, arXiv:1806.07572)
     *
     * <pre>
     * q' = W_std² q + b_std²,   Θ' = W_std² Θ + q'
     * </pre>
     */
    NTK,
    /**
     * In the weights: W is N(0, W_std² s0 / n), b is N(0, b_std²) and z = x W / sqrt(s0) + b with
     * the width multiplier s0 of the layer below, so that (Sohl-Dickstein et al. 2020,
     * arXiv:2001.07301)
     *
     * <pre>
     * q' = W_std² q + b_std²,   Θ' = W_std² Θ + (n / s0) q + 1 if there is a bias
     * </pre>
     */
    STANDARD;

    /** The name in model files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
