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
        try (var report = new ProgressReport("kernel", err, true, () -> 500_000_000L)) {
            report.update(1, 2);
            report.update(2, 2);
        }
        assertEquals("", bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void withoutATerminalThereIsALineEveryTenSeconds() {
        long[] now = {0};
        try (var report = new ProgressReport("kernel", err, false, () -> now[0])) {
            for (int second = 0; second <= 30; second++) {
                now[0] = second * 1_000_000_000L;
                report.update(second, 40);
            }
        }
        assertEquals(
                """
                kernel: 25 % done, about 30 s to go
                kernel: 50 % done, about 20 s to go
                kernel: 75 % done, about 10 s to go
                """,
                bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n"));
    }

    @Test
    void onATerminalThereIsABar() {
        long[] now = {0};
        try (var report = new ProgressReport("kernel", err, true, () -> now[0])) {
            now[0] = 2_000_000_000L;
            report.update(10_000_000, 40_000_000);
            report.update(40_000_000, 40_000_000);
        }
        String shown = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(shown.contains("100%"), shown);
        assertTrue(shown.contains("M entries"), shown);
    }
}
