package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.io.Npz;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** Predictions at several times, with variances or covariances. */
final class PredictTimesTest {
    @TempDir private Path folder;

    @Test
    void severalTimesAreAnAxisInFront() {
        PredictRun run = PredictRun.in(folder, 7);
        run.written("--t", "0.5,20,inf", "--diag-reg", "1e-3", "--covariance");
        assertEquals(
                List.of("t", "nngp_mean", "nngp_covariance", "ntk_mean", "ntk_covariance"),
                Npz.names(run.out()));
        try (Tensor times = Npz.read(run.out(), "t");
                Tensor means = Npz.read(run.out(), "ntk_mean");
                Tensor covariances = Npz.read(run.out(), "ntk_covariance")) {
            assertArrayEquals(new double[] {0.5, 20, Double.POSITIVE_INFINITY}, times.toArray());
            assertEquals(Shape.of(3, 7, 3), means.shape());
            assertEquals(Shape.of(3, 7, 7), covariances.shape());
            List<String> each = List.of("0.5", "20", "inf");
            for (int time = 0; time < each.size(); time++) {
                run.written("--t", each.get(time), "--diag-reg", "1e-3", "--covariance", "full");
                try (Tensor mean = Npz.read(run.out(), "ntk_mean");
                        Tensor covariance = Npz.read(run.out(), "ntk_covariance")) {
                    assertArrayEquals(mean.toArray(), Prediction.at(means, time).toArray(), 1e-12);
                    assertArrayEquals(
                            covariance.toArray(),
                            Prediction.at(covariances, time).toArray(),
                            1e-12);
                }
            }
        }
    }

    @Test
    void variancesAreTheDiagonalAlsoOfManyTestExamples() {
        int testing = 600;
        PredictRun run = PredictRun.in(folder, testing);
        run.written("--t", "20,inf", "--diag-reg", "1e-3", "--covariance", "full");
        try (Tensor covariances = Npz.read(run.out(), "ntk_covariance");
                Tensor means = Npz.read(run.out(), "ntk_mean")) {
            run.written("--t", "20,inf", "--diag-reg", "1e-3", "--covariance", "diagonal");
            assertEquals(
                    List.of("t", "nngp_mean", "nngp_variance", "ntk_mean", "ntk_variance"),
                    Npz.names(run.out()));
            try (Tensor variances = Npz.read(run.out(), "ntk_variance");
                    Tensor mean = Npz.read(run.out(), "ntk_mean")) {
                assertEquals(Shape.of(2, testing), variances.shape());
                assertArrayEquals(means.toArray(), mean.toArray(), 1e-12);
                for (int time = 0; time < 2; time++) {
                    for (int i = 0; i < testing; i++) {
                        assertEquals(covariances.get(time, i, i), variances.get(time, i), 1e-12);
                    }
                }
            }
        }
    }

    @Test
    void aTableHasARowForEachKernelAndTime() {
        PredictRun run = PredictRun.in(folder, 50);
        List<String> lines = run.scored("--t", "0,20,inf").out().lines().toList();
        assertEquals(7, lines.size(), lines.toString());
        assertTrue(lines.getFirst().matches("kernel +t +correct +mse"), lines.getFirst());
        // At time 0 the mean is 0: labels have a 2/3 and two -1/3, and everything seems of class 0.
        assertTrue(
                lines.get(1).matches("nngp +0 +\\d+ of 50 +\\d+\\.\\d\\d % +0\\.222222"),
                lines.get(1));
        assertTrue(lines.get(5).startsWith("ntk            20"), lines.get(5));
        assertTrue(lines.get(6).startsWith("ntk           inf"), lines.get(6));
    }

    @Test
    void withVariancesTheTableHasTheCalibration() {
        PredictRun run = PredictRun.in(folder, 50);
        String options = "--covariance";
        List<String> lines =
                run.scored("--get", "nngp", "--t", "0", options, "diagonal").out().lines().toList();
        assertTrue(
                lines.getFirst().matches("kernel +t +correct +mse +nlpd +in 50 % +in 90 % .*"),
                lines.getFirst());
        // The prior is so wide that every label lies within the quantiles.
        assertTrue(lines.get(1).endsWith("100.0 %   100.0 %"), lines.get(1));
        String full = run.scored("--get", "nngp", "--t", "0", options).out();
        assertEquals(String.join("\n", lines), full.strip().replace("\r\n", "\n"));
    }

    @Test
    void valuesAreNotCalledCorrect() {
        PredictRun run = PredictRun.in(folder, 50);
        List<String> lines = run.scored("--labels", "values").out().lines().toList();
        assertTrue(lines.getFirst().matches("kernel +t +mse"), lines.getFirst());
        assertTrue(lines.get(1).matches("nngp +inf +\\S+"), lines.get(1));
    }

    @Test
    void valuesAlongOneAxisKeepIt() {
        PredictRun run = PredictRun.in(folder, 7);
        run.written("--labels", "values", "--t", "1,2", "--get", "ntk");
        try (Tensor mean = Npz.read(run.out(), "ntk_mean")) {
            assertEquals(Shape.of(2, 7), mean.shape());
        }
    }
}
