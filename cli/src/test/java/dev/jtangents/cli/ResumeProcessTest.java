package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Processes that are killed at any moment, and what those that go on from them make. */
@Timeout(300)
final class ResumeProcessTest {
    private static final List<String> RESULTS = List.of("K.nngp.npy", "K.ntk.npy");

    private static final int KILLS = 20;

    @TempDir private Path folder;

    private Path results = Path.of("");
    private Path model = Path.of("");
    private Path x = Path.of("");
    private JavaProcess java = new JavaProcess(results);

    @BeforeEach
    void writeInputs() throws IOException {
        results = Files.createDirectory(folder.resolve("results"));
        model = Samples.text(folder.resolve("m.json"), Samples.POOLED);
        // Finished tiles are recorded a few times a second: a run has to last seconds.
        x = Samples.npy(folder.resolve("x.npy"), Samples.random(1, 240, 10, 10, 3));
        java = new JavaProcess(folder);
    }

    private Process start(String... more) throws IOException {
        Path out = results.resolve("K.npy");
        Object[] arguments = {
            "kernel", "--model", model, "--x1", x, "--out", out, "--threads", "2"
        };
        return java.start(Stream.concat(Stream.of(arguments), Stream.of(more)).toArray());
    }

    private Path journal() {
        return results.resolve("K.ntk.npy.part.journal");
    }

    private BitSet finished() throws IOException {
        if (!Files.exists(journal())) {
            return new BitSet();
        }
        String text = Files.readString(journal(), StandardCharsets.US_ASCII);
        return JournalText.parse(journal(), text).finished();
    }

    private long journalBytes() {
        return journal().toFile().length();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Until the journal has been written to so many times, or the process has ended. */
    private void awaitRecords(Process process, int records) throws InterruptedException {
        long bytes = journalBytes();
        for (int seen = 0; seen < records && process.isAlive(); ) {
            long now = journalBytes();
            if (now != bytes) {
                bytes = now;
                seen++;
            }
            Thread.sleep(1);
        }
    }

    /** The files of a run that ended, which are removed. */
    private List<byte[]> takeResult() throws IOException {
        assertEquals(RESULTS, names(results));
        byte[] nngp = Files.readAllBytes(results.resolve("K.nngp.npy"));
        byte[] ntk = Files.readAllBytes(results.resolve("K.ntk.npy"));
        Files.delete(results.resolve("K.nngp.npy"));
        Files.delete(results.resolve("K.ntk.npy"));
        return List.of(nngp, ntk);
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertArrayEquals(expected.get(0), actual.get(0));
        assertArrayEquals(expected.get(1), actual.get(1));
    }

    @Test
    void runsThatAreKilledGoOnAndEndAsOneThatWasNot() throws Exception {
        assertEquals(0, java.outcome(start()).status());
        List<byte[]> expected = takeResult();
        var random = new SplittableRandom(20);
        int kills = 0;
        int partly = 0;
        while (kills < KILLS) {
            BitSet before = finished();
            Process process = start("--resume");
            awaitRecords(process, random.nextInt(3));
            Thread.sleep(random.nextInt(100));
            process.destroyForcibly();
            Outcome outcome = java.outcome(process);
            // A kill may come when all is done and only the process has not ended yet.
            if (outcome.status() == 0 || names(results).equals(RESULTS)) {
                assertSame(expected, takeResult());
                continue;
            }
            kills++;
            BitSet lost = (BitSet) before.clone();
            lost.andNot(finished());
            assertTrue(lost.isEmpty(), "finished tiles are forgotten: " + lost);
            assertFalse(Files.exists(results.resolve("K.ntk.npy")), "an unfinished result");
            partly += finished().isEmpty() ? 0 : 1;
        }
        assertTrue(partly >= KILLS / 4, "only " + partly + " kills left something to resume");
        int left = finished().cardinality();
        Outcome last = java.outcome(start("--resume"));
        assertEquals(0, last.status(), last.err());
        assertTrue(
                last.err().contains(left == 0 ? "nothing to resume" : "Going on from " + left),
                last.err());
        assertSame(expected, takeResult());
    }

    @Test
    void anInterruptedRunSaysHowToGoOn() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "signals are of Unix");
        Process process = start();
        awaitRecords(process, 2);
        process.destroy();
        Outcome outcome = java.outcome(process);
        assertEquals(143, outcome.status(), outcome.err());
        assertEquals(2, outcome.errLines().size(), outcome.err());
        int finished = finished().cardinality();
        assertTrue(outcome.err().contains(finished + " of "), outcome.err());
        assertTrue(outcome.err().contains("--resume"), outcome.err());
        assertTrue(outcome.err().contains("interrupted"), outcome.err());
        Outcome resumed = java.outcome(start("--resume"));
        assertEquals(0, resumed.status(), resumed.err());
        assertTrue(resumed.err().contains("Going on from " + finished + " of "), resumed.err());
        takeResult();
    }

    @Test
    void anInterruptedRunThatHasFinishedNothingLeavesNothing() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "signals are of Unix");
        Process process = start();
        while (process.isAlive() && names(results).isEmpty()) {
            Thread.sleep(1);
        }
        process.destroy();
        Outcome outcome = java.outcome(process);
        assertEquals(143, outcome.status(), outcome.err());
        boolean kept = outcome.err().contains("--resume");
        assertEquals(kept ? 4 : 0, names(results).size(), outcome.err());
    }

    @Test
    void aSecondRunToTheSameFileIsRefused() throws Exception {
        Process process = start();
        awaitRecords(process, 1);
        Outcome second =
                Outcome.of(
                        "kernel", "--model", model, "--x1", x, "--out", results.resolve("K.npy"));
        boolean wasRunning = process.isAlive();
        process.destroyForcibly();
        process.waitFor();
        assertTrue(wasRunning, "the first run was too short");
        assertEquals(2, second.status(), second.err());
        assertTrue(second.err().contains("in use"), second.err());
    }
}
