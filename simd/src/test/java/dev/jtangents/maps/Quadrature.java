package dev.jtangents.maps;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Expectations over two Gaussians by numerical integration, from the definition of φ and nothing
 * else. (u, v) come from independent standard normal numbers by a Cholesky factor.
 */
final class Quadrature {
    private static final int NODES = 24;
    private static final double[] POINTS = new double[NODES];
    private static final double[] WEIGHTS = new double[NODES];

    static {
        for (int i = 0; i < NODES; i++) {
            double x = Math.cos(Math.PI * (i + 0.75) / (NODES + 0.5));
            double slope = 1;
            for (int step = 0; step < 20; step++) {
                double before = 1;
                double value = x;
                for (int n = 1; n < NODES; n++) {
                    double next = ((2 * n + 1) * x * value - n * before) / (n + 1);
                    before = value;
                    value = next;
                }
                slope = NODES * (x * value - before) / (x * x - 1);
                x -= value / slope;
            }
            POINTS[i] = x;
            WEIGHTS[i] = 2 / ((1 - x * x) * slope * slope);
        }
    }

    private Quadrature() {}

    /** sqrt(q11 q22 - q12²) of these very numbers: rounded, it would be lost near |c| = 1. */
    private static double rootOfDeterminant(double q12, double q11, double q22) {
        var square = new BigDecimal(q12).pow(2);
        BigDecimal determinant = new BigDecimal(q11).multiply(new BigDecimal(q22)).subtract(square);
        return determinant.max(BigDecimal.ZERO).sqrt(MathContext.DECIMAL64).doubleValue();
    }

    /**
     * E[f(u) f(v)] for f smooth, by the trapezoidal rule, which converges exponentially.
     *
     * @param frequency how fast f changes: 1 for f(x), b for f(b x)
     * @param reach how far the weight is moved by f, in standard deviations
     */
    static double smooth(
            DoubleUnaryOperator f,
            double frequency,
            double reach,
            double q12,
            double q11,
            double q22) {
        double fastest = frequency * Math.sqrt(Math.max(q11, q22));
        double step = Math.min(0.35, 0.35 / fastest);
        int count = (int) Math.ceil((9.5 + reach) / step);
        double root1 = Math.sqrt(q11);
        double shared = q12 / root1;
        double own = rootOfDeterminant(q12, q11, q22) / root1;
        double[] weights = new double[2 * count + 1];
        Arrays.setAll(weights, i -> Math.exp(-square((i - count) * step) / 2));
        double[] sums = new double[2 * count + 1];
        for (int i = -count; i <= count; i++) {
            double z1 = i * step;
            double left = weights[i + count] * f.applyAsDouble(root1 * z1);
            double inner = 0;
            for (int j = -count; j <= count; j++) {
                double z2 = j * step;
                inner += weights[j + count] * f.applyAsDouble(shared * z1 + own * z2);
            }
            sums[i + count] = left * inner;
        }
        return Arrays.stream(sums).sum() * step * step / (2 * Math.PI);
    }

    private static double square(double x) {
        return x * x;
    }

    /**
     * E[f(u) f(v)] for f(x) = x^degree f(sign x), in polar coordinates: the radius by its closed
     * form, the angle piece by piece between the kinks.
     */
    static double homogeneous(
            DoubleUnaryOperator f, int degree, double q12, double q11, double q22) {
        double theta = Math.atan2(rootOfDeterminant(q12, q11, q22), q12);
        double[] kinks = {
            -Math.PI / 2, Math.PI / 2, theta - Math.PI / 2, theta + Math.PI / 2, 3 * Math.PI / 2
        };
        Arrays.sort(kinks);
        double sum = 0;
        for (int piece = 0; piece + 1 < kinks.length; piece++) {
            double middle = (kinks[piece] + kinks[piece + 1]) / 2;
            double half = (kinks[piece + 1] - kinks[piece]) / 2;
            for (int i = 0; i < NODES; i++) {
                double t = middle + half * POINTS[i];
                sum +=
                        half
                                * WEIGHTS[i]
                                * f.applyAsDouble(Math.cos(t))
                                * f.applyAsDouble(Math.cos(t - theta));
            }
        }
        double radial = 1;
        for (int k = 1; k <= degree; k++) {
            radial *= 2 * k;
        }
        return Math.pow(Math.sqrt(q11) * Math.sqrt(q22), degree) * radial * sum / (2 * Math.PI);
    }
}
