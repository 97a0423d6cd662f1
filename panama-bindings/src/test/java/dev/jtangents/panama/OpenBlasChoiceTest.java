package dev.jtangents.panama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the user may choose, rightly and wrongly. Each choice takes a process of its own. */
class OpenBlasChoiceTest {
    private static Path folder = Path.of("");
    private static List<Path> libraries = List.of();

    @BeforeAll
    static void unpack(@TempDir Path temporary) throws Exception {
        folder = temporary;
        try (PlatformJar jar = PlatformJar.find(Platform.current())) {
            libraries = LibraryCache.unpack(jar, folder.resolve("cache").resolve(jar.folderName()));
        }
    }

    private static String choose(String choice) throws Exception {
        return ChildJvm.run(cache(), "-Djtangents.openblas=" + choice);
    }

    private static String cache() {
        return "-Djtangents.cache=" + folder.resolve("cache");
    }

    private static void assertMissing(Path choice, String reason) throws Exception {
        assertEquals(
                "no OpenBLAS: -Djtangents.openblas: " + choice + reason, choose(choice.toString()));
    }

    @Test
    void none() throws Exception {
        assertEquals("no OpenBLAS: switched off by -Djtangents.openblas=none", choose("none"));
    }

    @Test
    void aFile() throws Exception {
        String output = choose(libraries.getLast().toString());
        assertTrue(output.contains("named by -Djtangents.openblas: " + folder), output);
        assertTrue(output.endsWith("= 25.0"), output);
    }

    @Test
    void noSuchFile() throws Exception {
        Path file = folder.resolve("absent.so");
        assertMissing(file, " does not exist");
    }

    @Test
    void aFolder() throws Exception {
        assertMissing(folder, " is not a file");
    }

    @Test
    void aTextFile() throws Exception {
        Path file = Files.writeString(folder.resolve("text.so"), "no library");
        assertMissing(file, " is not a shared library");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aTruncatedLibrary() throws Exception {
        byte[] whole = Files.readAllBytes(libraries.getLast());
        for (int size : new int[] {40, 64, whole.length / 2, whole.length - 1}) {
            Path file = folder.resolve("truncated" + size + ".so");
            Files.write(file, Arrays.copyOf(whole, size));
            assertMissing(file, " is truncated");
        }
    }

    @Test
    void anotherLibrary() throws Exception {
        assumeTrue(libraries.size() > 1, "the jar of this platform holds OpenBLAS alone");
        Path file = libraries.getFirst();
        assertMissing(file, " lacks the function openblas_get_config");
    }

    @Test
    void theMachinesLibraryOrWhereItIsNot() throws Exception {
        String empty = Files.createDirectories(folder.resolve("empty")).toString();
        String output = ChildJvm.run("-Djtangents.openblas=system", "-Djava.library.path=" + empty);
        assertTrue(
                output.contains("installed on this machine")
                        || output.contains(empty)
                        || output.contains("lacks the function"),
                output);
    }

    @Test
    void theMachinesLibraryOnTheLibraryPath() throws Exception {
        assumeTrue(
                Platform.current().systemFiles().contains(libraries.getLast().getFileName() + ""));
        String output =
                ChildJvm.run(
                        "-Djtangents.openblas=system",
                        "-Djava.library.path=" + libraries.getLast().getParent());
        assertTrue(output.contains("installed on this machine: " + folder), output);
    }

    @Test
    void aMachinesLibraryThatIsNoneIsPassedOver() throws Exception {
        Path first = Files.createDirectories(folder.resolve("first"));
        Files.writeString(first.resolve(Platform.current().systemFiles().getFirst()), "no library");
        String path =
                first + System.getProperty("path.separator") + libraries.getLast().getParent();
        String output = ChildJvm.run("-Djtangents.openblas=system", "-Djava.library.path=" + path);
        assertTrue(output.contains("installed on this machine: " + folder), output);
    }

    @Test
    void threads() throws Exception {
        String output = ChildJvm.run(cache(), "-Djtangents.blas.threads=2");
        assertTrue(output.contains(", 2 threads, from its jar"), output);
    }

    @Test
    void wrongThreads() throws Exception {
        for (String threads : List.of("0", "many", "")) {
            assertEquals(
                    "no OpenBLAS: -Djtangents.blas.threads=%s is not a number of threads: give 1 or more"
                            .formatted(threads),
                    ChildJvm.run("-Djtangents.blas.threads=" + threads));
        }
    }

    @Test
    void nativeAccessNotMentioned() throws Exception {
        String output = ChildJvm.start(Map.of(), cache()).output();
        assertTrue(output.contains(", from its jar"), output);
    }

    @Test
    void nativeAccessDenied() throws Exception {
        String output = ChildJvm.start(Map.of(), cache(), "--illegal-native-access=deny").output();
        assertTrue(output.startsWith("no OpenBLAS: this JVM denies native access"), output);
    }

    @Test
    void aCoreThatThisProcessorIsNot() throws IOException, InterruptedException {
        Set<String> flags = CoreType.processorFlags();
        assumeTrue(CoreType.objection("Bulldozer", flags).isPresent(), "the processor is unknown");
        String output =
                ChildJvm.start(
                                Map.of(CoreType.VARIABLE, "Bulldozer"),
                                cache(),
                                "--enable-native-access=ALL-UNNAMED")
                        .output();
        assertTrue(output.startsWith("no OpenBLAS: OPENBLAS_CORETYPE=Bulldozer asks"), output);
        assertFalse(output.contains("\n"), output);
    }
}
