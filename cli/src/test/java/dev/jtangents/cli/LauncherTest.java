package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The script at the root, started through a symbolic link from a folder with a blank in its name.
 * Runs once the jars are there.
 */
@Timeout(300)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
final class LauncherTest {
    @TempDir private Path folder;
    private Path place = Path.of("");
    private Path link = Path.of("");

    @BeforeEach
    void makeALink() throws IOException {
        place = Files.createDirectory(folder.resolve("a folder"));
        Path launcher = Path.of("..", "jtangents").toAbsolutePath().normalize();
        link = Files.createSymbolicLink(place.resolve("a link"), launcher);
    }

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(link.toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        int status =
                new ProcessBuilder(command)
                        .directory(place.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start()
                        .waitFor();
        return new Outcome(status, Files.readString(out), Files.readString(err).strip());
    }

    @Test
    void saysItsVersion() throws Exception {
        Outcome outcome = run("--version");
        assertEquals(new Outcome(0, outcome.out(), ""), outcome);
        assertTrue(outcome.out().startsWith("jtangents "), outcome.out());
    }

    @Test
    void computesAKernelOfFilesBesideIt() throws Exception {
        Samples.text(place.resolve("m.json"), Samples.MODEL);
        Samples.npy(place.resolve("x.npy"), Samples.random(1, 6, 5));
        Outcome outcome = run("kernel", "--model", "m.json", "--x1", "x.npy", "--out", "K.npz");
        assertEquals(new Outcome(0, outcome.out(), ""), outcome);
        assertTrue(Files.exists(place.resolve("K.npz")));
    }

    @Test
    void passesOnAFailureAndItsStatus() throws Exception {
        Outcome outcome = run("kernel", "--model", "none.json", "--x1", "x.npy");
        assertEquals(2, outcome.status());
        assertEquals(1, outcome.errLines().size(), outcome.err());
        assertTrue(outcome.err().contains("none.json"), outcome.err());
    }
}
