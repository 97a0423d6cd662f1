package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;

/** Failures that are hard to bring about are told apart and take one line. */
final class FailureTest {
    private static void assertLine(int status, Throwable failure, String... words) {
        var bytes = new ByteArrayOutputStream();
        int actual =
                Failure.report(
                        failure, new PrintStream(bytes, true, StandardCharsets.UTF_8), false);
        String line = bytes.toString(StandardCharsets.UTF_8);
        assertEquals(status, actual, line);
        assertEquals(1, line.lines().count(), line);
        for (String word : words) {
            assertTrue(line.contains(word), line);
        }
    }

    @Test
    void eachKindHasItsStatusAndItsAdvice() {
        assertLine(2, new InputException("first\n   second"), "jtangents: first second");
        assertLine(1, new UncheckedIOException("K.npy: no", new IOException()), "K.npy: no");
        assertLine(1, new OutOfMemoryError("Java heap space"), "heap", "--threads");
        assertLine(1, new InternalError("a fault occurred"), "disk is full");
        assertLine(1, new CancellationException(), "interrupted");
        assertLine(1, new IllegalStateException("broken"), "broken", "--trace");
        assertLine(1, new NullPointerException(), "NullPointerException");
    }

    @Test
    void aMisspeltCommandIsAnsweredWithTheNearest() {
        Outcome outcome = Outcome.of("kernal");
        assertEquals(2, outcome.status());
        assertTrue(outcome.err().contains("Did you mean kernel?"), outcome.err());
    }
}
