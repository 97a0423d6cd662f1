package dev.jtangents.layers.twin;

import dev.jtangents.layers.twin.Signal.Covariances;

/**
 * A nonlinearity by its moments of two jointly Gaussian variables: of the products of its values
 * and of its derivatives.
 */
record Activation(Moment values, Moment derivatives) implements Layer {
    /** A mean for variables with covariance q and variances q1 and q2. */
    @FunctionalInterface
    interface Moment {
        double of(double q, double q1, double q2);
    }

    @Override
    public Covariances apply(Covariances input) {
        double[][] k = input.nngp();
        return input.with(
                Matrices.tabulate(k.length, (a, b) -> values.of(k[a][b], k[a][a], k[b][b])),
                Matrices.tabulate(
                        k.length,
                        (a, b) -> input.ntk()[a][b] * derivatives.of(k[a][b], k[a][a], k[b][b])));
    }

    /** p − q², at least 0 whatever the rounding. */
    static double determinant(double q, double q1, double q2) {
        return Math.max(q1 * q2 - q * q, 0);
    }

    /** The angle between the variables; a constant is orthogonal to everything. */
    static double angle(double q, double q1, double q2) {
        return q1 * q2 == 0 ? Math.PI / 2 : Math.atan2(Math.sqrt(determinant(q, q1, q2)), q);
    }
}
