package dev.jtangents.layers;

import java.util.Locale;

/** Where the scale of random weights stands. */
public enum Parameterization {
    /** In the layer: weights are N(0, 1) and multiplied by W_std / sqrt(fan_in). */
    NTK,
    /** In the weights: they are N(0, W_std² / fan_in). */
    STANDARD;

    /** The name in model files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
