package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What every failure is: one line that names what was wrong, the right exit status, and no file in
 * the subfolder out.
 */
record Refusal(Path folder) {
    /**
     * Runs a command that has to fail.
     *
     * @param commandLine a word that begins with @ is a file of the folder
     * @param words that the message must contain, separated by +
     */
    void assertFails(int status, String commandLine, String words) throws IOException {
        Object[] arguments =
                Stream.of(commandLine.trim().split(" +", -1))
                        .map(
                                word ->
                                        word.startsWith("@")
                                                ? folder.resolve(word.substring(1)).toString()
                                                : word)
                        .toArray();
        Outcome outcome = Outcome.of(arguments);
        assertEquals(status, outcome.status(), outcome.err());
        assertEquals("", outcome.out());
        assertEquals(1, outcome.errLines().size(), outcome.err());
        assertTrue(outcome.err().startsWith("jtangents: "), outcome.err());
        for (String word : words.split("\\+", -1)) {
            assertTrue(outcome.err().contains(word), word + " is not in: " + outcome.err());
        }
        try (Stream<Path> files = Files.list(folder.resolve("out"))) {
            assertEquals(List.of(), files.toList());
        }
    }
}
