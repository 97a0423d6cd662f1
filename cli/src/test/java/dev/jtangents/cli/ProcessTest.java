package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jtangents.io.Npz;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The program as a user starts it: a process, with its exit status, streams and signals. */
@Timeout(120)
final class ProcessTest {
    @TempDir private Path folder;

    private ProcessBuilder java(Object... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.jtangents.cli.Main"));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return streams(new ProcessBuilder(command));
    }

    private ProcessBuilder streams(ProcessBuilder builder) {
        return builder.redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(folder.resolve("err.txt").toFile());
    }

    /** What the process wrote, without the JVM's own line on its incubator module. */
    private Outcome outcome(Process process) throws IOException, InterruptedException {
        int status = process.waitFor();
        List<String> err =
                Files.readAllLines(folder.resolve("err.txt")).stream()
                        .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                        .toList();
        return new Outcome(
                status, Files.readString(folder.resolve("out.txt")), String.join("\n", err));
    }

    @Test
    void computesAKernelIntoAFile() throws Exception {
        Path model = Samples.text(folder.resolve("m.json"), Samples.MODEL);
        Path x = Samples.npy(folder.resolve("x.npy"), Samples.random(1, 6, 5));
        Path out = folder.resolve("K.npz");
        Outcome outcome =
                outcome(java("kernel", "--model", model, "--x1", x, "--out", out).start());
        assertEquals(new Outcome(0, outcome.out(), ""), outcome);
        assertEquals(List.of("nngp", "ntk"), Npz.names(out));
    }

    @Test
    void aFailureIsOneLineAndItsStatus() throws Exception {
        Outcome outcome =
                outcome(java("kernel", "--model", folder.resolve("none"), "--x1", "x").start());
        assertEquals(2, outcome.status());
        assertEquals("", outcome.out());
        assertEquals(1, outcome.errLines().size(), outcome.err());
    }

    @Test
    void anInterruptedRunLeavesNoFile() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "signals are of Unix");
        Path model = Samples.text(folder.resolve("m.json"), Samples.MODEL);
        Path x = folder.resolve("x.npy");
        Samples.npy(x, Tensor.allocate(DType.F32, Shape.of(20_000, 5)));
        Path results = Files.createDirectory(folder.resolve("results"));
        Process process =
                java(
                                "kernel",
                                "--model",
                                model,
                                "--x1",
                                x,
                                "--get",
                                "ntk",
                                "--out",
                                results.resolve("K.npy"))
                        .start();
        while (process.isAlive() && names(results).isEmpty()) {
            Thread.sleep(5);
        }
        process.destroy();
        Outcome outcome = outcome(process);
        assumeTrue(outcome.status() != 0, "it was done before the signal came");
        assertTrue(outcome.err().contains("interrupted"), outcome.err());
        assertEquals(List.of(), names(results));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
