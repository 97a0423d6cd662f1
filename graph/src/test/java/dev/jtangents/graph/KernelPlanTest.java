package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelPlanTest {
    private static final CovarianceProgram NETWORK = Programs.network(new AbReluMap(0, 1), false);
    private static final CovarianceProgram MEAN = Programs.network(new AbReluMap(0, 1), true);

    private static KernelPlan plan(KernelSize size, long memory, boolean resultInMemory) {
        return KernelPlan.of(
                NETWORK,
                size,
                DType.F64,
                true,
                Programs.options(2, 512).withMemory(memory),
                resultInMemory ? 1 : 0);
    }

    @Test
    void theBudgetHoldsToTheByte() {
        var size = new KernelSize(1000, 500, 1, 10, false);
        KernelPlan roomy = plan(size, 1L << 40, true);
        long needed = roomy.resultBytes() + roomy.scratchBytes() + roomy.exampleBytes();
        assertEquals(1000 * 500 * 8 * 2, roomy.resultBytes());
        assertEquals(needed, plan(size, needed, true).memory());
        var refusal = assertThrows(InputException.class, () -> plan(size, needed - 1, true));
        for (String figure :
                new String[] {
                    String.format("needs %.3f GB", needed / 1e9),
                    "0.008 GB result",
                    String.format("%.3f GB for 2 workers", roomy.scratchBytes() / 1e9),
                    String.format("budget of %.3f GB", (needed - 1) / 1e9),
                    "fewer threads"
                }) {
            assertTrue(refusal.getMessage().contains(figure), refusal.getMessage());
        }
    }

    @Test
    void resultsElsewhereDoNotCount() {
        var size = new KernelSize(1000, 500, 1, 10, false);
        KernelPlan roomy = plan(size, 1L << 40, true);
        long needed = roomy.scratchBytes() + roomy.exampleBytes();
        assertEquals(needed, plan(size, needed, false).memory());
        assertThrows(InputException.class, () -> plan(size, needed - 1, false));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 30, 1L << 31, 1L << 40, 1L << 62, Long.MAX_VALUE})
    void enormousKernelsAreInputErrors(long examples) {
        var size = new KernelSize(examples, examples, 1, 1, true);
        assertThrows(InputException.class, () -> plan(size, 1L << 34, true));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, 1L << 40, 1L << 62})
    void enormousKernelsWrittenElsewhereAreInputErrorsOrDescribed(long examples) {
        var size = new KernelSize(examples, examples, 1, 1, true);
        try {
            String text = plan(size, 1L << 34, false).describe();
            assertTrue(text.contains(examples + " x " + examples), text);
        } catch (InputException refusal) {
            assertTrue(refusal.getMessage().contains(Long.toString(examples)), refusal.toString());
        }
    }

    @Test
    void describesWhatWillBeDone() {
        String text =
                CovarianceExecutor.describe(
                        MEAN,
                        new KernelSize(600, 600, 9, 4, true),
                        DType.F32,
                        true,
                        Programs.options(3, 512).withMemory(2_000_000_000));
        for (String part :
                new String[] {
                    "600 x 600 (symmetric",
                    "nngp and ntk, f32",
                    "4 features at 9 positions",
                    "map: AbReluMap",
                    "mean over equal positions",
                    "8 bytes of result",
                    "tiles      3 of 512 x 512",
                    "3 threads",
                    "result 0.003 GB",
                    "budget 2.000 GB",
                    "loops"
                }) {
            assertTrue(text.contains(part), text);
        }
        String single =
                CovarianceExecutor.describe(
                        NETWORK,
                        new KernelSize(2, 3, 1, 4, false),
                        DType.F64,
                        false,
                        Programs.options(1, 256));
        for (String part : new String[] {"2 x 3, nngp, f64", "at 1 position\n", "1 threads"}) {
            assertTrue(single.contains(part), single);
        }
    }

    @Test
    void positionsAreRowsUnlessTheyAreAveraged() {
        var size = new KernelSize(5, 7, 4, 3, false);
        KernelPlan all = KernelPlan.of(NETWORK, size, DType.F32, true, Programs.options(1, 256), 1);
        KernelPlan mean = KernelPlan.of(MEAN, size, DType.F32, true, Programs.options(1, 256), 1);
        assertEquals(20, all.rows());
        assertEquals(28, all.columns());
        assertEquals(1, all.positions());
        assertEquals(5, mean.rows());
        assertEquals(7, mean.columns());
        assertEquals(4, mean.positions());
        assertTrue(mean.flopsPerEntry() > all.flopsPerEntry());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void refusesBudgetsThatAreNone(long bytes) {
        assertThrows(InputException.class, () -> ExecutionOptions.defaults().withMemory(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void refusesThreadCountsThatAreNone(int threads) {
        var size = new KernelSize(5, 7, 4, 3, false);
        assertThrows(
                InputException.class,
                () ->
                        CovarianceExecutor.describe(
                                NETWORK,
                                size,
                                DType.F32,
                                true,
                                ExecutionOptions.defaults().withThreads(threads)));
    }
}
