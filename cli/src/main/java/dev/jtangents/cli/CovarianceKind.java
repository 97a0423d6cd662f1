package dev.jtangents.cli;

import dev.jtangents.tensor.InputException;

import java.util.Locale;

/** What the user wants to know of the covariance of the outputs. */
enum CovarianceKind {
    NONE,
    /** The variances. */
    DIAGONAL,
    FULL;

    private static final long BLOCK = 512;

    static CovarianceKind named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "none" -> NONE;
            case "diagonal" -> DIAGONAL;
            case "full" -> FULL;
            default ->
                    throw new InputException(
                            "--covariance " + name + ": give none, diagonal or full.");
        };
    }

    /** How many test examples are predicted at once: what pairs them is needed in full, or not. */
    long block(long examples) {
        return this == FULL ? examples : Math.min(BLOCK, examples);
    }
}
