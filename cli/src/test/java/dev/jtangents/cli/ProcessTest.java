package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.io.Npz;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The program as a user starts it: a process, with its exit status and streams. */
@Timeout(120)
final class ProcessTest {
    @TempDir private Path folder;

    private Outcome outcome(Object... arguments) throws Exception {
        var java = new JavaProcess(folder);
        return java.outcome(java.start(arguments));
    }

    @Test
    void computesAKernelIntoAFile() throws Exception {
        Path model = Samples.text(folder.resolve("m.json"), Samples.MODEL);
        Path x = Samples.npy(folder.resolve("x.npy"), Samples.random(1, 6, 5));
        Path out = folder.resolve("K.npz");
        Outcome outcome = outcome("kernel", "--model", model, "--x1", x, "--out", out);
        assertEquals(new Outcome(0, outcome.out(), ""), outcome);
        assertEquals(List.of("nngp", "ntk"), Npz.names(out));
    }

    @Test
    void aSolverSaysHowItWentAndGivesUpWithStatusOne() throws Exception {
        PredictRun run = PredictRun.in(folder, 4);
        Object[] cg = run.arguments("--solver", "cg", "--diag-reg", "1e-2", "--get", "ntk");
        Outcome solved = outcome(cg);
        assertEquals(0, solved.status(), solved.err());
        assertTrue(solved.err().contains("ntk by cg, N = 40"), solved.err());
        Object[] hasty =
                run.arguments(
                        "--solver",
                        "cholesky_f32",
                        "--max-iterations",
                        1,
                        "--tolerance",
                        1e-14,
                        "--out",
                        run.out());
        Outcome failed = outcome(hasty);
        assertEquals(1, failed.status(), failed.err());
        assertTrue(failed.err().contains("did not converge"), failed.err());
        assertFalse(Files.exists(run.out()));
    }

    @Test
    void aFailureIsOneLineAndItsStatus() throws Exception {
        Outcome outcome = outcome("kernel", "--model", folder.resolve("none"), "--x1", "x");
        assertEquals(2, outcome.status());
        assertEquals("", outcome.out());
        assertEquals(1, outcome.errLines().size(), outcome.err());
    }
}
