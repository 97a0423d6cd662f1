package dev.jtangents.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs the program in a process of its own, whose streams go to files of a folder. */
record JavaProcess(Path folder) {
    Process start(Object... arguments) throws IOException {
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
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(folder.resolve("err.txt").toFile())
                .start();
    }

    /** What a process came to, without the JVM's own line on its incubator module. */
    Outcome outcome(Process process) throws IOException, InterruptedException {
        int status = process.waitFor();
        List<String> err =
                Files.readAllLines(folder.resolve("err.txt")).stream()
                        .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                        .toList();
        return new Outcome(
                status, Files.readString(folder.resolve("out.txt")), String.join("\n", err));
    }
}
