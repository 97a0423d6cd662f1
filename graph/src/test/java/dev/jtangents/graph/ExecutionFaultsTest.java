package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.maps.AbReluMap;
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
    private static final CovarianceProgram NETWORK = Programs.network(new AbReluMap(0, 1), false);

    private static Tensor inputs(long examples) {
        return Programs.inputs(new SplittableRandom(41), DType.F32, examples, 1, 8);
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("jtangents-worker"))
                .filter(Thread::isAlive)
                .count();
    }

    /** Workers end just after the call that they serve has seen them finish. */
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
                                    Programs.options(threads, 256).withProgress(listener))) {
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
                Programs.options(2, 256)
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
                    () -> Programs.run(NETWORK, x, null, Programs.options(2, 256)));
            assertTrue(Thread.interrupted());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theFailureOfAListenerSurfaces(int threads) throws Exception {
        var failure = new IllegalStateException("listener");
        ExecutionOptions options =
                Programs.options(threads, 256)
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
                Programs.options(2, 256)
                        .withProgress(
                                (done, total) -> {
                                    throw new StackOverflowError("deep");
                                });
        try (Tensor x = inputs(600)) {
            assertThrows(StackOverflowError.class, () -> Programs.run(NETWORK, x, null, options));
        }
    }

    private static CovarianceProgram exponential(double b, double ntkGain) {
        return CovarianceProgram.EMPTY
                .then(new CovarianceOp.Affine(new AffineStep(1, 0, 1, ntkGain, 0)))
                .then(new CovarianceOp.Nonlinearity(new ExpMap(1, b)));
    }

    @Test
    void anNngpBeyondTheRangeIsRefused() {
        try (Tensor x = Tensor.of(new float[] {1, 20}, 2, 1, 1)) {
            var refusal =
                    assertThrows(
                            InputException.class,
                            () ->
                                    Programs.run(
                                            exponential(1, 1), x, null, Programs.options(1, 256)));
            for (String part : new String[] {"example 1", "x1", "f32", "f64"}) {
                assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
            }
        }
    }

    /** The NTK is larger than the NNGP; it must not become infinite in silence. */
    @Test
    void anNtkBeyondTheRangeIsRefused() {
        try (Tensor x = Tensor.of(new float[] {0.1f, 6.5f}, 2, 1, 1)) {
            var refusal =
                    assertThrows(
                            InputException.class,
                            () -> {
                                try (var kernel =
                                        Programs.run(
                                                exponential(1, 100),
                                                x,
                                                null,
                                                Programs.options(1, 256))) {
                                    assertNotEquals(
                                            Double.POSITIVE_INFINITY, kernel.ntk().get(1, 1));
                                }
                            });
            assertTrue(refusal.getMessage().contains("example 1"), refusal.getMessage());
        }
    }

    /** The inner products are sums before they are means: 300 squares of 2e18 overflow f32. */
    @Test
    void innerProductsBeyondTheRangeAreRefusedOrRight() {
        double[] values = new double[2 * 300];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 == 0 ? -2e18 : 2e18;
        }
        try (Tensor doubles = Tensor.of(values, 2, 1, 300);
                Tensor floats = doubles.copy(DType.F32);
                var exact = Programs.run(NETWORK, doubles, null, Programs.options(1, 256))) {
            try (var kernel = Programs.run(NETWORK, floats, null, Programs.options(1, 256))) {
                double nngp = exact.nngp().get(0, 1);
                assertEquals(nngp, kernel.nngp().get(0, 1), 1e-5 * nngp);
                double ntk = exact.ntk().get(0, 1);
                assertEquals(ntk, kernel.ntk().get(0, 1), 1e-5 * ntk);
            } catch (InputException refusal) {
                assertTrue(refusal.getMessage().contains("f32"), refusal.getMessage());
            }
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
                                    () -> Programs.run(NETWORK, x, y, Programs.options(1, 256)));
                    String message = refusal.getMessage();
                    assertTrue(message.contains(second ? " of x2 " : " of x1 "), message);
                    assertTrue(message.contains("example 23 "), message);
                }
            }
        }
    }
}
