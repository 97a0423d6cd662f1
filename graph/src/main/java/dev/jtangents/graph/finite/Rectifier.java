package dev.jtangents.graph.finite;

import java.util.Arrays;

/** {@link ScalarFunctions#rectifier}. */
record Rectifier(double a, double b) implements ScalarFunction {
    @Override
    public double value(double x) {
        return a * Math.min(x, 0) + b * Math.max(x, 0);
    }

    @Override
    public double derivative(double x) {
        if (x == 0) {
            return (a + b) / 2;
        }
        return x < 0 ? a : x > 0 ? b : Double.NaN;
    }

    @Override
    public void taylor(double x, double[] coefficients) {
        Arrays.fill(coefficients, 0);
        coefficients[0] = value(x);
        if (coefficients.length > 1) {
            coefficients[1] = derivative(x);
        }
    }

    @Override
    public void values(double[] x, double[] result, int count) {
        for (int i = 0; i < count; i++) {
            result[i] = a * Math.min(x[i], 0) + b * Math.max(x[i], 0);
        }
    }

    /** Without branches, which an activation's sign would decide at random. */
    @Override
    public void derivatives(double[] x, double[] result, int count) {
        double mean = (a + b) / 2;
        double half = (b - a) / 2;
        for (int i = 0; i < count; i++) {
            result[i] = mean + half * Math.signum(x[i]);
        }
    }
}
