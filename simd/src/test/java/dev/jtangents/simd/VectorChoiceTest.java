package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a fresh JVM answers to the flags that steer the choice of loops. */
class VectorChoiceTest {
    /** Prints the choice of its JVM. */
    static final class Probe {
        public static void main(String[] arguments) {
            System.out.println(Loops.description());
        }
    }

    private static String choice(String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Probe.class.getName());
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    @Test
    void withoutTheModuleTheLoopsAreScalarAndSayWhichFlagIsMissing() throws Exception {
        String choice = choice();
        assertTrue(choice.startsWith("scalar loops"), choice);
        assertTrue(choice.contains("--add-modules jdk.incubator.vector"), choice);
    }

    @Test
    void withTheModuleTheLoopsAreVectors() throws Exception {
        String choice = choice("--add-modules", "jdk.incubator.vector");
        assertTrue(choice.contains("-bit vectors"), choice);
    }

    @Test
    void withoutNativeAccessTheLoopsAreScalar() throws Exception {
        String choice =
                choice("--add-modules", "jdk.incubator.vector", "--illegal-native-access=deny");
        assertTrue(choice.contains("it needs --enable-native-access"), choice);
    }

    @Test
    void anUnknownWidthIsSaid() throws Exception {
        String choice = choice("--add-modules", "jdk.incubator.vector", "-Djtangents.vector=1024");
        assertTrue(choice.startsWith("scalar loops"), choice);
        assertTrue(choice.contains("1024 is none of off, 128, 256 and 512"), choice);
    }
}
