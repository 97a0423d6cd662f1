package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.io.Npz;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Predictions by the solvers for training sets of any size. */
final class PredictSolverTest {
    @TempDir private Path folder;

    private PredictRun run = new PredictRun(Path.of(""));

    @BeforeEach
    void writeInputs() {
        run = PredictRun.in(folder, 7);
    }

    private double[] array(String name) {
        try (Tensor array = Npz.read(run.out(), name)) {
            return array.toArray();
        }
    }

    @ParameterizedTest
    @CsvSource({"auto, cholesky", "cholesky, cholesky", "Cholesky_F32, cholesky_f32", "cg, cg"})
    void agreesWithTheClosedFormAndSaysHow(String solver, String chosen) {
        run.written("--diag-reg", "1e-3", "--covariance");
        double[] nngp = array("nngp_mean");
        double[] ntk = array("ntk_mean");
        double[] covariance = array("ntk_covariance");
        Outcome outcome =
                run.written("--diag-reg", "1e-3", "--covariance", "--solver", solver, "--t", "inf");
        assertArrayEquals(nngp, array("nngp_mean"), 1e-6);
        assertArrayEquals(ntk, array("ntk_mean"), 1e-6);
        assertArrayEquals(covariance, array("ntk_covariance"), 1e-6);
        List<String> lines = outcome.errLines();
        assertEquals(4, lines.size(), outcome.err());
        assertTrue(lines.get(0).startsWith("nngp: " + chosen), lines.get(0));
        assertTrue(
                lines.get(3).startsWith("ntk by " + chosen + ", N = 40")
                        && lines.get(3).contains("converged after")
                        && lines.get(3).contains("residual")
                        && lines.get(3).contains("condition number"),
                lines.get(3));
    }

    @Test
    void variancesAreTheDiagonal() {
        run.written("--solver", "cholesky", "--covariance", "full", "--get", "ntk");
        double[] covariance = array("ntk_covariance");
        run.written("--solver", "cholesky", "--covariance", "diagonal", "--get", "ntk");
        double[] variance = array("ntk_variance");
        assertEquals(7, variance.length);
        for (int i = 0; i < variance.length; i++) {
            assertEquals(covariance[8 * i], variance[i], 1e-12);
        }
    }

    @Test
    void asManyCentresAsExamplesLoseNothing() {
        run.written("--diag-reg", "1e-3", "--get", "ntk");
        double[] exact = array("ntk_mean");
        run.written(
                "--diag-reg",
                "1e-3",
                "--get",
                "ntk",
                "--solver",
                "nystrom",
                "--centers",
                PredictRun.TRAINING);
        assertArrayEquals(exact, array("ntk_mean"), 1e-6);
    }

    @Test
    void whatHasNotConvergedIsAFailureWithoutAFile() {
        Outcome outcome =
                run.attempt(
                        "--solver",
                        "cholesky_f32",
                        "--max-iterations",
                        1,
                        "--tolerance",
                        1e-14,
                        "--out",
                        run.out());
        assertEquals(1, outcome.status(), outcome.err());
        assertEquals("", outcome.out());
        String last = outcome.errLines().getLast();
        assertTrue(last.startsWith("jtangents: nngp by cholesky_f32 did not converge"), last);
        assertTrue(last.endsWith("--max-iterations."), last);
        assertFalse(Files.exists(run.out()));
    }
}
