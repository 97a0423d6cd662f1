package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

final class ProgressReportTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void shortRunsSayNothing() {
        try (var report = new ProgressReport("kernel", "entries", err, true, () -> 500_000_000L)) {
            report.update(1, 2);
            report.update(2, 2);
        }
        assertEquals("", bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void withoutATerminalThereIsALineEveryTenSeconds() {
        long[] now = {0};
        try (var report = new ProgressReport("mc", "samples", err, false, () -> now[0])) {
            for (int second = 0; second <= 30; second++) {
                now[0] = second * 1_000_000_000L;
                report.update(second, 40);
            }
        }
        assertEquals(
                """
                mc: 25 %, 10 of 40 samples, 1.0 samples/s, about 30 s to go
                mc: 50 %, 20 of 40 samples, 1.0 samples/s, about 20 s to go
                mc: 75 %, 30 of 40 samples, 1.0 samples/s, about 10 s to go
                """,
                text());
    }

    @Test
    void speedDoesNotCountWhatWasThereBefore() {
        long[] now = {5_000_000_000L};
        try (var report = new ProgressReport("kernel", "entries", err, false, () -> now[0])) {
            report.begin(500_000, 1_000_000);
            now[0] = 15_000_000_000L;
            report.update(510_000, 1_000_000);
            now[0] = 25_000_000_000L;
            report.update(999_000, 1_000_000);
        }
        assertEquals(
                """
                kernel: 51 %, 510,000 of 1,000,000 entries, 1,000 entries/s, about 8 min to go
                kernel: 100 %, 999,000 of 1,000,000 entries, 24,950 entries/s, about 0 s to go
                """,
                text());
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    @Test
    void onATerminalThereIsABar() {
        long[] now = {0};
        try (var report = new ProgressReport("kernel", "entries", err, true, () -> now[0])) {
            now[0] = 2_000_000_000L;
            report.update(10_000_000, 40_000_000);
            report.update(40_000_000, 40_000_000);
        }
        String shown = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(shown.contains("100%"), shown);
        assertTrue(shown.contains("M entries"), shown);
        assertTrue(shown.contains("M entries/s"), shown);
    }
}
