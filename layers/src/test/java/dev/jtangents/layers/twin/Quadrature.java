package dev.jtangents.layers.twin;

import java.util.function.DoubleUnaryOperator;

/** Gaussian means by Gauss–Hermite quadrature, first variable first. */
record Quadrature(double[] nodes, double[] weights) {
    static Activation activation(ScalarFunction function, int degree) {
        Quadrature quadrature = of(degree);
        return new Activation(
                (q, q1, q2) -> quadrature.mean(function.value(), q, q1, q2),
                (q, q1, q2) -> quadrature.mean(function.derivative(), q, q1, q2));
    }

    private double mean(DoubleUnaryOperator function, double q, double q1, double q2) {
        double slope = q1 == 0 ? 0 : q / Math.sqrt(q1 / 2);
        double explained = q1 == 0 ? 0 : q * q / q1;
        double rest = Math.sqrt(2 * Math.max(q2 - explained, 0));
        double sum = 0;
        for (int i = 0; i < nodes.length; i++) {
            double first = function.applyAsDouble(Math.sqrt(2 * q1) * nodes[i]);
            for (int j = 0; j < nodes.length; j++) {
                double second = function.applyAsDouble(slope * nodes[i] + rest * nodes[j]);
                sum += weights[i] * weights[j] * first * second;
            }
        }
        return sum / Math.PI;
    }

    /** The nodes are the roots of the Hermite polynomial, found by its changes of sign. */
    static Quadrature of(int degree) {
        double[] nodes = new double[degree];
        double[] weights = new double[degree];
        double end = Math.sqrt(2.0 * degree + 1);
        double step = 1e-2 / Math.sqrt(degree);
        int found = 0;
        for (double x = -end - step / 3; found < degree; x += step) {
            if (last(degree, x) > 0 != last(degree, x + step) > 0) {
                nodes[found] = root(degree, x, x + step);
                weights[found] = weight(degree, nodes[found]);
                found++;
            }
        }
        return new Quadrature(nodes, weights);
    }

    private static double root(int degree, double low, double high) {
        boolean positive = last(degree, low) > 0;
        double left = low;
        double right = high;
        for (int halving = 0; halving < 60; halving++) {
            double middle = (left + right) / 2;
            if (last(degree, middle) > 0 == positive) {
                left = middle;
            } else {
                right = middle;
            }
        }
        return (left + right) / 2;
    }

    /** The reciprocal of the sum of squares of all orthonormal polynomials of a lower degree. */
    private static double weight(int degree, double x) {
        double[] values = polynomials(degree, x);
        double sum = 0;
        for (int n = 0; n < degree; n++) {
            sum += values[n] * values[n];
        }
        return 1 / sum;
    }

    private static double last(int degree, double x) {
        return polynomials(degree, x)[degree];
    }

    /** The orthonormal Hermite polynomials up to a degree. */
    private static double[] polynomials(int degree, double x) {
        double[] values = new double[degree + 1];
        values[0] = Math.pow(Math.PI, -0.25);
        for (int n = 0; n < degree; n++) {
            double before = n == 0 ? 0 : values[n - 1];
            values[n + 1] =
                    (x * Math.sqrt(2) * values[n] - Math.sqrt(n) * before) / Math.sqrt(n + 1.0);
        }
        return values;
    }
}
