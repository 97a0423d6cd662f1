package dev.jtangents.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The introduction of the README is this code, and it runs. */
class FiveMinutesTest {
    private static final Path SOURCE =
            Path.of("src/test/java/dev/jtangents/examples/FiveMinutes.java");

    @Test
    void runs() {
        PrintStream standard = System.out;
        var text = new ByteArrayOutputStream();
        System.setOut(new PrintStream(text, true, StandardCharsets.UTF_8));
        try {
            FiveMinutes.main(new String[0]);
        } finally {
            System.setOut(standard);
        }
        String output = text.toString(StandardCharsets.UTF_8);
        assertTrue(output.contains("nngp (10, 20), ntk (10, 20)"), output);
        assertTrue(output.matches("(?s).*trained: -?0\\.\\d+(E-\\d)? \\+- [01]\\.\\d+.*"), output);
    }

    @Test
    void standsInTheReadme() throws IOException {
        String source = Files.readString(SOURCE);
        String begin = "// README begins here\n";
        String code =
                source.substring(
                        source.indexOf(begin) + begin.length(),
                        source.indexOf("// README ends here"));
        assertTrue(
                Files.readString(Path.of("../README.md")).contains("```java\n" + code + "```\n"),
                "README.md does not show FiveMinutes.java as it is");
    }
}
