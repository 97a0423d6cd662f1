package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.io.Npz;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
    void aFailureIsOneLineAndItsStatus() throws Exception {
        Outcome outcome = outcome("kernel", "--model", folder.resolve("none"), "--x1", "x");
        assertEquals(2, outcome.status());
        assertEquals("", outcome.out());
        assertEquals(1, outcome.errLines().size(), outcome.err());
    }
}
