package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.jtangents.simd.LoopCases.LoopCase;
import dev.jtangents.tensor.DType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * No vector loop is too large for C1. HotSpot asks C2 only for what C1 has compiled with counters;
 * a method that C1 gives up on may stay fifty times slower as long as the process lives.
 */
class LoopCompilationTest {
    /** What C1 compiles a method after, of the usual number of calls. Fewer calls save minutes. */
    private static final String SCALING = "0.1";

    /** Fewer than C1 needs to compile the method. */
    private static final int LONG_CALLS = 3;

    /** Enough for that. */
    private static final int CALLS = 30;

    private static final int CALLS_OF_PLANES = 11;

    /** A process of its own for each type: how much C1 inlines depends on the classes loaded. */
    @ParameterizedTest
    @EnumSource
    void byC1(DType dtype) throws IOException, InterruptedException {
        assumeFalse(Loops.description().startsWith("scalar loops"), "scalar loops are small");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=3",
                                "-XX:CompileThresholdScaling=" + SCALING,
                                "-XX:+PrintCompilation",
                                "-Xbatch",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LoopCompilationTest.class.getName(),
                                dtype.name())
                        .redirectErrorStream(true)
                        .start();
        String log;
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            log = String.join("\n", output.readAllLines());
        }
        assertEquals(0, process.waitFor(), log);
        List<String> ours = log.lines().filter(line -> line.contains("jtangents.simd")).toList();
        assertTrue(
                ours.stream().anyMatch(line -> line.matches(".*AbReluPlanes/\\S+::map .*")), log);
        assertEquals(
                List.of(), ours.stream().filter(line -> line.contains("COMPILE SKIPPED")).toList());
    }

    /** Runs the loops of a type: first so long that C1 compiles the loop that runs, then often. */
    public static void main(String[] arguments) {
        DType dtype = DType.valueOf(arguments[0]);
        try (Arena arena = Arena.ofConfined()) {
            for (LoopCase loop : LoopCases.of(arena, dtype, LoopCases.LONG)) {
                repeat(loop, LONG_CALLS);
            }
            for (LoopCase loop : LoopCases.of(arena, dtype, LoopCases.SHORT)) {
                repeat(loop, loop.ofPlanes() ? CALLS_OF_PLANES : CALLS);
            }
        }
    }

    private static void repeat(LoopCase loop, int calls) {
        for (int call = 0; call < calls; call++) {
            loop.call().run();
        }
    }
}
