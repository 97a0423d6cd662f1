package dev.jtangents.simd;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;

import dev.jtangents.simd.LoopCases.LoopCase;
import dev.jtangents.tensor.DType;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Once compiled, no vector loop allocates: a vector that the compiler did not inline is boxed on
 * the heap, which costs about 100 bytes and a multiple of the time.
 */
class LoopAllocationTest {
    /** Calls of a loop between two looks at what its thread has allocated, and those of a plane. */
    private static final int CALLS = 500;

    private static final int CALLS_OF_PLANES = 20;

    /** Rounds without allocation in a row, after which a loop counts as compiled for good. */
    private static final int QUIET_ROUNDS = 3;

    /** Compilers run beside the loops, on however many processors there are. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    /** Less than a boxed vector in each round of a loop, and room for a sum's lanes as an array. */
    private static final int BYTES_PER_CALL = 100;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @BeforeAll
    static void loopsHaveVectors() {
        assumeFalse(Loops.description().startsWith("scalar loops"), "only vectors can be boxed");
    }

    static Stream<LoopCase> loops() {
        return Arrays.stream(DType.values())
                .flatMap(dtype -> LoopCases.of(Arena.ofAuto(), dtype, LoopCases.SHORT).stream());
    }

    @ParameterizedTest
    @MethodSource
    void loops(LoopCase loop) {
        int calls = loop.ofPlanes() ? CALLS_OF_PLANES : CALLS;
        long least = Long.MAX_VALUE;
        int quiet = 0;
        long end = System.nanoTime() + LONGEST.toNanos();
        while (quiet < QUIET_ROUNDS && System.nanoTime() < end) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < calls; call++) {
                loop.call().run();
            }
            long perCall = (THREADS.getCurrentThreadAllocatedBytes() - before) / calls;
            quiet = perCall < BYTES_PER_CALL ? quiet + 1 : 0;
            least = Math.min(least, perCall);
        }
        assertTrue(quiet == QUIET_ROUNDS, "At least " + least + " bytes a call");
    }
}
