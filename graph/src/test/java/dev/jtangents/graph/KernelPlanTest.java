package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Plans, their budgets and their text. */
class KernelPlanTest {
    private static final Extents EXTENTS = Programs.extents(3, 4);
    private static final CovarianceProgram FLAT = Programs.network(new AbReluMap(0, 1), 10);
    private static final CovarianceProgram POOLED =
            Programs.convolutional(new AbReluMap(0, 1), EXTENTS, 3, true);
    private static final Request BOTH = new Request(DType.F64, true, false);

    static List<CovarianceProgram> programs() {
        return List.of(FLAT, POOLED);
    }

    private static KernelPlan plan(
            CovarianceProgram program, long rows, long columns, boolean inBudget, long memory) {
        ExecutionOptions options = Programs.options(3).withMemory(memory);
        return KernelPlan.of(program, rows, columns, false, BOTH, inBudget, options);
    }

    /** The smallest budget that is enough. */
    private static long least(CovarianceProgram program, boolean inBudget) {
        long low = 1;
        long high = 1L << 40;
        while (low < high) {
            long middle = low + (high - low) / 2;
            try {
                plan(program, 1000, 500, inBudget, middle);
                high = middle;
            } catch (InputException refusal) {
                low = middle + 1;
            }
        }
        return low;
    }

    @ParameterizedTest
    @MethodSource("programs")
    void theBudgetHoldsToTheByte(CovarianceProgram program) {
        long least = least(program, true);
        assertEquals(least, plan(program, 1000, 500, true, least).memory());
        assertEquals(1000 * 500 * 8 * 2, plan(program, 1000, 500, true, least).resultBytes());
        assertThrows(InputException.class, () -> plan(program, 1000, 500, true, least - 1));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void resultsElsewhereDoNotCount(CovarianceProgram program) {
        long difference = least(program, true) - least(program, false);
        assertEquals(1000 * 500 * 8 * 2, difference);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void aRefusalStatesWhatIsEnough(CovarianceProgram program) {
        var refusal =
                assertThrows(InputException.class, () -> plan(program, 1000, 500, true, 1000));
        String message = refusal.getMessage();
        Matcher figure = Pattern.compile("needs (\\d+\\.\\d+) GB").matcher(message);
        assertTrue(figure.find(), message);
        long stated = Math.round(Double.parseDouble(figure.group(1)) * 1e9);
        assertTrue(plan(program, 1000, 500, true, stated).memory() <= stated);
        assertTrue(stated - least(program, true) < 1_000_000, message);
        assertTrue(message.contains("write the result to a file"), message);
    }

    @Test
    void fewExamplesAreTilesOfOneRow() {
        long memory = 1L << 30;
        assertEquals(1, plan(POOLED, 5, 32, true, memory).grid().blockRows());
        assertEquals(4, plan(POOLED, 5000, 320, true, memory).grid().blockRows());
    }

    @Test
    void tablesThatPassThroughTheCacheMakeStripsNarrower() {
        KernelPlan shallow = plan(convolutions(3), 1000, 500, false, 1L << 40);
        KernelPlan deep = plan(convolutions(20), 1000, 500, false, 1L << 40);
        assertEquals(shallow.width(), 2 * deep.width());
    }

    private static CovarianceProgram convolutions(int depth) {
        Extents extents = Programs.extents(16, 16);
        List<CovarianceOp> ops = new ArrayList<>();
        for (int layer = 0; layer < depth; layer++) {
            ops.add(Programs.convolution(extents, 3, false));
            ops.add(new CovarianceOp.Nonlinearity(new AbReluMap(0, 1)));
        }
        var input = new CovarianceOp.Input(0, extents, 3);
        return Programs.chain(input, ops.toArray(CovarianceOp[]::new));
    }

    @Test
    void widthShrinksBeforeWorkersDo() {
        KernelPlan roomy = plan(POOLED, 1000, 500, false, 1L << 40);
        assertEquals(3, roomy.workers());
        assertTrue(roomy.width() > StripLayout.laneStride(1));
        KernelPlan narrow = plan(POOLED, 1000, 500, false, roomy.memory() - 1);
        assertEquals(3, narrow.workers());
        assertEquals(StripLayout.laneStride(1), narrow.width());
        KernelPlan fewer = plan(POOLED, 1000, 500, false, narrow.memory() - 1);
        assertEquals(2, fewer.workers());
        assertEquals(StripLayout.laneStride(1), fewer.width());
    }

    /** The blocks of BLAS do not shrink: its results depend on them. */
    @Test
    void kernelsWithoutPositionsKeepTheirBlocks() {
        KernelPlan roomy = plan(FLAT, 1000, 500, false, 1L << 40);
        KernelPlan fewer = plan(FLAT, 1000, 500, false, roomy.memory() - 1);
        assertEquals(2, fewer.workers());
        assertEquals(roomy.width(), fewer.width());
    }

    @ParameterizedTest
    @MethodSource("programs")
    void nothingIsAllocatedWhenTheBudgetIsTooSmall(CovarianceProgram program) {
        boolean flat = program == FLAT;
        try (Tensor x =
                Programs.inputs(
                        new SplittableRandom(5), DType.F64, 30, flat ? 1 : 12, flat ? 10 : 3)) {
            ExecutionOptions options = Programs.options(1).withMemory(1000);
            assertThrows(
                    InputException.class,
                    () ->
                            CovarianceExecutor.run(
                                    program,
                                    Programs.sources(x, null),
                                    BOTH,
                                    true,
                                    options,
                                    shape -> {
                                        throw new IllegalStateException("allocated");
                                    }));
            var refusal =
                    assertThrows(
                            InputException.class,
                            () ->
                                    CovarianceExecutor.selfCovariances(
                                            program,
                                            Programs.sources(x, null),
                                            false,
                                            BOTH,
                                            options));
            assertTrue(refusal.getMessage().contains("cov1"), refusal.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 30, 1L << 31, 1L << 40, 1L << 60, 1L << 62, Long.MAX_VALUE})
    void enormousKernelsAreInputErrors(long examples) {
        for (CovarianceProgram program : programs()) {
            for (boolean inBudget : new boolean[] {false, true}) {
                assertThrows(
                        InputException.class,
                        () -> plan(program, examples, examples, inBudget, 1L << 34));
            }
        }
    }

    @Test
    void describesWhatWillBeDone() {
        String text =
                CovarianceExecutor.describe(
                        POOLED,
                        600,
                        null,
                        new Request(DType.F32, true, false),
                        Programs.options(3).withMemory(2_000_000_000));
        for (String part :
                new String[] {
                    "600 x 600 examples (symmetric",
                    "nngp and ntk, f32",
                    "3x4: 35 of 35 planes",
                    "AbReluMap",
                    "position map to 1",
                    "3 threads",
                    "result 0.003 GB",
                    "budget 2.000 GB",
                    "loops"
                }) {
            assertTrue(text.contains(part), text);
        }
        String single =
                CovarianceExecutor.describe(
                        FLAT, 2, 3L, new Request(DType.F64, false, false), Programs.options(1));
        for (String part : new String[] {"2 x 3 examples, nngp, f64", "1 threads"}) {
            assertTrue(single.contains(part), single);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void refusesBudgetsThatAreNone(long bytes) {
        assertThrows(InputException.class, () -> ExecutionOptions.defaults().withMemory(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void refusesThreadCountsThatAreNone(int threads) {
        assertThrows(InputException.class, () -> ExecutionOptions.defaults().withThreads(threads));
    }
}
