package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.predict.Inference;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;

final class CalibrationTest {
    private static Calibration of(double[] errors, double[] variances) {
        long examples = variances.length;
        long outputs = errors.length / examples;
        Tensor truth = Tensor.of(new double[errors.length], examples, outputs);
        try (var labels = new Labels("--test-y", truth, 0, Shape.of(examples, outputs));
                var prediction =
                        new Prediction(
                                Inference.NTK,
                                Tensor.of(errors, 1, examples, outputs),
                                Tensor.of(variances, 1, examples))) {
            return Calibration.of(prediction, 0, labels);
        }
    }

    @Test
    void followsTheFormula() {
        Calibration calibration = of(new double[] {1, -2, 0, 3}, new double[] {4, 1});
        double expected =
                (2 * Math.log(8 * Math.PI) + 1.0 / 4 + 4.0 / 4 + 2 * Math.log(2 * Math.PI) + 9) / 8;
        assertEquals(expected, calibration.negativeLogDensity(), 1e-12);
        // In units of the deviations the errors are 1/2, 1, 0 and 3.
        assertEquals(List.of(0.5, 0.75, 0.75), calibration.coverage());
    }

    @Test
    void normalErrorsAreCoveredAsOftenAsNamed() {
        var random = new Random(1);
        double[] variances = random.doubles(20_000, 0.1, 3).toArray();
        double[] errors = new double[variances.length];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = Math.sqrt(variances[i]) * random.nextGaussian();
        }
        List<Double> coverage = of(errors, variances).coverage();
        for (int level = 0; level < coverage.size(); level++) {
            assertEquals(Calibration.LEVELS.get(level) / 100.0, coverage.get(level), 0.012);
        }
    }

    @Test
    void certaintyHasNoLogDensity() {
        Calibration calibration = of(new double[] {0, 1}, new double[] {0, 1});
        assertTrue(Double.isNaN(calibration.negativeLogDensity()));
        assertEquals(List.of(0.5, 1.0, 1.0), calibration.coverage());
    }
}
