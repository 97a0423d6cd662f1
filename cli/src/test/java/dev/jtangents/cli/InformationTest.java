package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What the program says about itself, the machine and a model. */
final class InformationTest {
    @TempDir private Path folder;

    private static void assertContains(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), () -> "\"" + part + "\" is not in:\n" + text);
        }
    }

    @Test
    void infoNamesWhatIsUsed() {
        Outcome outcome = Outcome.of("info");
        assertEquals(0, outcome.status());
        assertContains(
                outcome.out(),
                "version",
                "java",
                "cores",
                "vectors",
                "blas",
                "gpu      none:",
                "memory");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        Outcome outcome = Outcome.of("--version");
        assertEquals(0, outcome.status());
        assertTrue(outcome.out().matches("jtangents \\d+\\.\\d+.*\\R"), outcome.out());
    }

    @Test
    void describeShowsShapesParametersAndPlan() {
        Path model = Samples.text(folder.resolve("m.json"), Samples.MODEL);
        Outcome outcome =
                Outcome.of(
                        "describe",
                        "--model",
                        model,
                        "--input",
                        5,
                        "--n1",
                        300,
                        "--n2",
                        20,
                        "--dtype",
                        "f32");
        assertEquals(0, outcome.status(), outcome.err());
        // 5 * 16 + 16 + 16 * 3 + 3
        assertContains(outcome.out(), "(300, 5) and (20, 5)", "(300, 3)", "147", "300 x 20", "f32");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "kernel", "predict", "empirical", "mc", "describe", "info"})
    void everyCommandHasHelpWithExamples(String command) {
        // The library of the command line warns of texts that it cannot format on the JVM's own.
        PrintStream before = System.err;
        var warnings = new ByteArrayOutputStream();
        System.setErr(new PrintStream(warnings, true, StandardCharsets.UTF_8));
        try {
            Outcome outcome = Outcome.of(command, "--help");
            assertEquals(0, outcome.status());
            assertContains(outcome.out(), "Usage: jtangents " + command, "Example", "--trace");
            assertFalse(outcome.out().contains("%%"), outcome.out());
            assertEquals("", outcome.err());
        } finally {
            System.setErr(before);
        }
        assertEquals("", warnings.toString(StandardCharsets.UTF_8));
    }

    @Test
    void theStackTraceIsShownOnlyWhenAskedFor() {
        assertEquals(1, Outcome.of("kernel", "--model", "none", "--x1", "none").errLines().size());
        Outcome traced = Outcome.of("kernel", "--model", "none", "--x1", "none", "--trace");
        assertTrue(traced.errLines().size() > 1);
        assertFalse(traced.err().isEmpty());
        assertContains(traced.err(), "InputException");
    }
}
