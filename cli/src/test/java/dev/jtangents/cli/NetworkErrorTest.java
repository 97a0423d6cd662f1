package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.Random;

final class NetworkErrorTest {
    /** The Cholesky factor of the covariance of three examples. */
    private static final double[][] FACTOR = {{0.7, 0, 0}, {0.5, 0.3, 0}, {-0.2, 0.1, 0.6}};

    private static final double[] MEAN = {0.4, -0.1, 0.2, 0.3, -0.5, 0};
    private static final double[] TRUTH = {0.1, 0.2, 0, 0.3, 0.5, -0.4};

    private static double[] covariance() {
        double[] entries = new double[9];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 3; k++) {
                    entries[3 * i + j] += FACTOR[i][k] * FACTOR[j][k];
                }
            }
        }
        return entries;
    }

    /** The mean squared error of one network, drawn at random. */
    private static double drawn(Random random) {
        double squares = 0;
        for (int output = 0; output < 2; output++) {
            double[] normal = random.doubles(3).map(_ -> random.nextGaussian()).toArray();
            for (int i = 0; i < 3; i++) {
                double error = MEAN[2 * i + output] - TRUTH[2 * i + output];
                for (int k = 0; k < 3; k++) {
                    error += FACTOR[i][k] * normal[k];
                }
                squares += error * error;
            }
        }
        return squares / 6;
    }

    @Test
    void isThatOfNetworksDrawnAtRandom() {
        NetworkError error;
        try (Tensor mean = Tensor.of(MEAN, 3, 2);
                Tensor covariance = Tensor.of(covariance(), 3, 3);
                var labels = new Labels("--test-y", Tensor.of(TRUTH, 3, 2), 0, Shape.of(3, 2))) {
            error = NetworkError.of(mean, covariance, labels);
        }
        var random = new Random(1);
        int networks = 200_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < networks; i++) {
            double one = drawn(random);
            sum += one;
            squares += one * one;
        }
        double average = sum / networks;
        double deviation = Math.sqrt(squares / networks - average * average);
        assertEquals(average, error.mean(), 0.01 * average);
        assertEquals(deviation, error.deviation(), 0.02 * deviation);
    }
}
