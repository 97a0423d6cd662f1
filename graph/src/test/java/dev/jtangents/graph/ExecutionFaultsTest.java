package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.maps.ExpMap;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Progress, interruption, failure and overflow of a computation. */
class ExecutionFaultsTest {
    private static final CovarianceProgram NETWORK = Programs.network(new AbReluMap(0, 1), 8);

    private static Tensor inputs(long examples) {
        return Programs.inputs(new SplittableRandom(41), DType.F32, examples, 1, 8);
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("jtangents-worker"))
                .filter(Thread::isAlive)
                .count();
    }

    /** Workers end when they have waited a second for more work. */
    private static void assertWorkersEnd() throws InterruptedException {
        for (int wait = 0; wait < 500 && workers() > 0; wait++) {
            Thread.sleep(10);
        }
        assertEquals(0, workers());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void progressSumsToTheTotalAndComesFromWorkers(int threads) throws Exception {
        List<long[]> updates = Collections.synchronizedList(new ArrayList<>());
        var callers = ConcurrentHashMap.<Thread>newKeySet();
        Progress listener =
                (done, total) -> {
                    updates.add(new long[] {done, total});
                    callers.add(Thread.currentThread());
                };
        for (boolean symmetric : new boolean[] {false, true}) {
            updates.clear();
            try (Tensor x1 = inputs(700);
                    Tensor x2 = inputs(300);
                    var kernel =
                            Programs.run(
                                    NETWORK,
                                    x1,
                                    symmetric ? null : x2,
                                    Programs.options(threads).withProgress(listener))) {
                assertEquals(6, updates.size());
                long total = updates.getFirst()[1];
                assertEquals(symmetric ? 256L * 700 + 256 * 444 + 188 * 188 : 700 * 300L, total);
                assertEquals(total, updates.stream().mapToLong(u -> u[0]).max().orElse(0));
                assertTrue(updates.stream().allMatch(u -> u[1] == total && u[0] > 0));
                assertEquals(
                        updates.size(), updates.stream().mapToLong(u -> u[0]).distinct().count());
                assertTrue(kernel.nngp().get(0, 0) > 0);
            }
        }
        assertTrue(callers.stream().noneMatch(Thread.currentThread()::equals));
        assertWorkersEnd();
    }

    @Test
    void anInterruptCancels() throws Exception {
        Thread caller = Thread.currentThread();
        var updates = new AtomicLong();
        ExecutionOptions options =
                Programs.options(2)
                        .withProgress(
                                (done, total) -> {
                                    if (updates.incrementAndGet() == 3) {
                                        caller.interrupt();
                                    }
                                });
        try (Tensor x = inputs(5000)) {
            assertThrows(
                    CancellationException.class, () -> Programs.run(NETWORK, x, null, options));
            assertTrue(Thread.interrupted());
            assertTrue(updates.get() < 20 * 21 / 2, "all blocks ran");
            assertWorkersEnd();
            try (var again = Programs.run(NETWORK, x.slice(0, 0, 10), null, options)) {
                assertTrue(again.nngp().get(0, 0) > 0);
            }
        }
    }

    @Test
    void aThreadThatWasInterruptedBeforeIsCancelled() {
        try (Tensor x = inputs(600)) {
            Thread.currentThread().interrupt();
            assertThrows(
                    CancellationException.class,
                    () -> Programs.run(NETWORK, x, null, Programs.options(2)));
            assertTrue(Thread.interrupted());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theFailureOfAListenerSurfaces(int threads) throws Exception {
        var failure = new IllegalStateException("listener");
        ExecutionOptions options =
                Programs.options(threads)
                        .withProgress(
                                (done, total) -> {
                                    throw failure;
                                });
        try (Tensor x = inputs(1500)) {
            var thrown =
                    assertThrows(
                            IllegalStateException.class,
                            () -> Programs.run(NETWORK, x, null, options));
            assertSame(failure, thrown);
        }
        assertWorkersEnd();
    }

    @Test
    void anErrorOfAListenerSurfaces() {
        ExecutionOptions options =
                Programs.options(2)
                        .withProgress(
                                (done, total) -> {
                                    throw new StackOverflowError("deep");
                                });
        try (Tensor x = inputs(600)) {
            assertThrows(StackOverflowError.class, () -> Programs.run(NETWORK, x, null, options));
        }
    }

    @Test
    void theFailureOfAnAllocatorSurfacesBeforeAnythingRuns() throws Exception {
        var failure = new IllegalStateException("allocator");
        var updates = new AtomicLong();
        ExecutionOptions options =
                Programs.options(2).withProgress((done, total) -> updates.incrementAndGet());
        try (Tensor x = inputs(600)) {
            var thrown =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    CovarianceExecutor.run(
                                            NETWORK,
                                            Programs.sources(x, null),
                                            new Request(DType.F32, true, false),
                                            true,
                                            options,
                                            shape -> {
                                                throw failure;
                                            }));
            assertSame(failure, thrown);
        }
        assertEquals(0, updates.get());
        assertWorkersEnd();
    }

    /** The exponential of the inputs' variances. */
    private static CovarianceProgram exponential(Extents extents, double ntkGain) {
        return Programs.chain(
                new Input(0, extents, 1),
                new Affine(new AffineStep(1, 0, 1, ntkGain, 0)),
                new Nonlinearity(new ExpMap(1, 1)));
    }

    private static String refusal(CovarianceProgram program, Tensor x) {
        return assertThrows(
                        InputException.class,
                        () -> Programs.run(program, x, null, Programs.options(1)))
                .getMessage();
    }

    @Test
    void anNngpBeyondTheRangeIsRefused() {
        try (Tensor x = Tensor.of(new float[] {1, 20}, 2, 1, 1)) {
            String message = refusal(exponential(Extents.NONE, 1), x);
            for (String part : new String[] {"variance", "example 1", "x1", "f32", "f64"}) {
                assertTrue(message.contains(part), message);
            }
        }
    }

    /** The NTK is larger than the NNGP; it must not become infinite in silence. */
    @Test
    void anNtkBeyondTheRangeIsRefused() {
        try (Tensor x = Tensor.of(new float[] {0.1f, 6.5f}, 2, 1, 1)) {
            String message = refusal(exponential(Extents.NONE, 100), x);
            assertTrue(message.contains("NTK of example 1"), message);
        }
    }

    /** It is the last position of the second example that overflows. */
    @Test
    void anOutputBeyondTheRangeIsRefusedAtAnyPosition() {
        try (Tensor x = Tensor.of(new float[] {1, 1, 1, 1, 1, 12}, 2, 3, 1)) {
            String message = refusal(exponential(Programs.extents(3), 1), x);
            assertTrue(message.contains("example 1"), message);
        }
    }

    /** A pool needs more planes than an example has with itself for the sake of its variances. */
    @Test
    void anOverflowBeforeAPoolIsRefused() {
        Extents extents = Programs.extents(3);
        CovarianceProgram program =
                Programs.chain(
                        new Input(0, extents, 1),
                        new Nonlinearity(new ExpMap(1, 1)),
                        Programs.globalPool(extents));
        try (Tensor x = Tensor.of(new float[] {1, 1, 1, 1, 1, 12}, 2, 3, 1)) {
            String message = refusal(program, x);
            assertTrue(message.contains("variance of example 1"), message);
        }
    }

    /** Variances do not show it, as all planes of an example with itself would be needed. */
    @Test
    void anOverflowAfterAPoolIsRefused() {
        Extents extents = Programs.extents(3);
        CovarianceProgram program =
                Programs.chain(
                        new Input(0, extents, 1),
                        Programs.globalPool(extents),
                        new Affine(new AffineStep(1e38, 0, 1, 0, 0)));
        try (Tensor x = Tensor.of(new float[] {1, 1, 1, 1, 1, 12}, 2, 3, 1)) {
            String message = refusal(program, x);
            assertTrue(message.contains("beyond the range of f32"), message);
        }
    }

    @Test
    void anOverflowBeforeALaterNonlinearityIsRefused() {
        CovarianceProgram program =
                Programs.chain(
                        new Input(0, Extents.NONE, 1),
                        new Nonlinearity(new ExpMap(1, 1)),
                        new Affine(new AffineStep(1e30, 0, 1, 0, 0)),
                        new Nonlinearity(new ErfMap(1, 1, 0)));
        try (Tensor x = Tensor.of(new float[] {1, 5}, 2, 1, 1)) {
            assertTrue(refusal(program, x).contains("example 1"));
        }
    }

    /** The inner products are sums before they are means: 300 squares of 2e18 overflow f32. */
    @Test
    void innerProductsBeyondTheRangeAreRefused() {
        double[] values = new double[2 * 300];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 == 0 ? -2e18 : 2e18;
        }
        CovarianceProgram program = Programs.network(new AbReluMap(0, 1), 300);
        try (Tensor doubles = Tensor.of(values, 2, 1, 300);
                Tensor floats = doubles.copy(DType.F32);
                var exact = Programs.run(program, doubles, null, Programs.options(1))) {
            assertTrue(exact.nngp().get(0, 1) > 0);
            assertTrue(refusal(program, floats).contains("squared norm"));
        }
    }

    @Test
    void valuesThatAreNotFiniteNameTheirExample() {
        for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            for (boolean second : new boolean[] {false, true}) {
                try (Tensor x = inputs(40);
                        Tensor y = inputs(40)) {
                    (second ? y : x).set(bad, 23, 0, 5);
                    var refusal =
                            assertThrows(
                                    InputException.class,
                                    () -> Programs.run(NETWORK, x, y, Programs.options(1)));
                    String message = refusal.getMessage();
                    assertTrue(message.contains(second ? " of x2 " : " of x1 "), message);
                    assertTrue(message.contains("example 23 "), message);
                }
            }
        }
    }

    @Test
    void aValueThatIsNotFiniteIsFoundAtAnyPosition() {
        CovarianceProgram program =
                Programs.convolutional(new AbReluMap(0, 1), Programs.extents(3, 3), 2, true);
        try (Tensor x = Programs.inputs(new SplittableRandom(42), DType.F64, 5, 9, 2)) {
            x.set(Double.POSITIVE_INFINITY, 4, 8, 1);
            String message = refusal(program, x);
            assertTrue(message.contains("example 4 "), message);
        }
    }

    @Test
    void inputsOfDifferentNumbersOfExamplesAreRefused() {
        var builder = new CovarianceProgram.Builder();
        int left = builder.add(new Input(0, Extents.NONE, 8));
        int right = builder.add(new Input(1, Extents.NONE, 8));
        CovarianceProgram program =
                builder.program(builder.add(new CovarianceOp.Product(), left, right));
        try (Tensor x = inputs(4);
                Tensor y = inputs(5)) {
            var sources = Sources.of(List.of(new Batch("x", x), new Batch("y", y)), null);
            var request = new Request(DType.F32, true, false);
            assertThrows(
                    InputException.class,
                    () -> Programs.run(program, sources, request, Programs.options(1)));
        }
    }
}
