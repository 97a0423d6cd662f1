package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Several computations at once, and what happens when somebody pulls the rug. */
class ConcurrencyTest {
    private static final Network NETWORK =
            Stax.serial(
                    Stax.dense(5).weightStd(1.3).biasStd(0.2),
                    Stax.relu(),
                    Stax.dense(3),
                    Stax.gelu(),
                    Stax.dense(1));

    private static Tensor inputs(int seed, long examples) {
        return RandomNetworks.inputs(new SplittableRandom(seed), DType.F32, examples, 9);
    }

    private static void runAtOnce(int threads, Callable<Void> action) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<Void>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(executor.submit(action));
            }
            for (Future<Void> future : futures) {
                future.get();
            }
        }
    }

    @Test
    void kernelsAtOnceHaveTheSameBits() throws Exception {
        try (Tensor x = inputs(1, 400);
                Tensor y = inputs(2, 100);
                Kernel alone = NETWORK.kernel(x);
                Kernel pair = NETWORK.kernel(x, y)) {
            runAtOnce(
                    4,
                    () -> {
                        for (int i = 0; i < 5; i++) {
                            try (Kernel a = NETWORK.kernel(x);
                                    Kernel b = NETWORK.kernel(x, y)) {
                                assertEquals(-1, alone.ntk().segment().mismatch(a.ntk().segment()));
                                assertEquals(-1, pair.ntk().segment().mismatch(b.ntk().segment()));
                            }
                        }
                        return null;
                    });
        }
    }

    @Test
    void outputsAtOnceHaveTheSameBits() throws Exception {
        try (Tensor x = inputs(3, 50);
                Parameters parameters = NETWORK.init(1, x.shape());
                Tensor expected = NETWORK.apply(parameters, x)) {
            runAtOnce(
                    4,
                    () -> {
                        for (int i = 0; i < 20; i++) {
                            try (Parameters again = NETWORK.init(1, x.shape());
                                    Tensor f = NETWORK.apply(again, x)) {
                                assertEquals(-1, expected.segment().mismatch(f.segment()));
                            }
                        }
                        return null;
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingAnInputDuringTheComputationIsAnException(boolean fromAWorker) throws Exception {
        for (int trial = 0; trial < 5; trial++) {
            Tensor x = inputs(trial, 1500);
            var closed = new AtomicBoolean();
            KernelOptions options =
                    KernelOptions.defaults()
                            .get("nngp")
                            .execution(
                                    e ->
                                            e.withThreads(2)
                                                    .withProgress(
                                                            (done, total) -> {
                                                                if (fromAWorker
                                                                        && done * 3 > total) {
                                                                    close(x, closed);
                                                                }
                                                            }));
            Thread closer =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!fromAWorker && !closed.get()) {
                                            close(x, closed);
                                        }
                                    });
            try (Kernel kernel = NETWORK.kernel(x, null, options)) {
                assertTrue(kernel.nngp().get(0, 0) > 0);
            } catch (IllegalStateException expected) {
                assertTrue(expected.getMessage() != null);
            }
            closer.join();
            x.close();
            assertThrows(IllegalStateException.class, () -> x.get(0, 0));
        }
    }

    /** An arena refuses to close while native code reads it; then the next attempt counts. */
    private static void close(Tensor tensor, AtomicBoolean closed) {
        try {
            tensor.close();
            closed.set(true);
        } catch (IllegalStateException inUse) {
            Thread.onSpinWait();
        }
    }

    @Test
    void anInterruptLeavesNoOutputOpen() {
        Thread caller = Thread.currentThread();
        List<Tensor> made = new ArrayList<>();
        KernelOptions options =
                KernelOptions.defaults()
                        .output(
                                (field, dtype, shape) -> {
                                    made.add(Tensor.allocate(dtype, shape));
                                    return made.getLast();
                                })
                        .execution(
                                e ->
                                        e.withThreads(2)
                                                .withProgress((done, total) -> caller.interrupt()));
        try (Tensor x = inputs(4, 1500)) {
            assertThrows(CancellationException.class, () -> NETWORK.kernel(x, null, options));
            assertTrue(Thread.interrupted());
            assertEquals(2, made.size());
            for (Tensor tensor : made) {
                assertThrows(IllegalStateException.class, () -> tensor.get(0, 0));
            }
        }
    }

    @Test
    void aProgressListenerMayComputeAKernelItself() {
        try (Tensor x = inputs(5, 300);
                Tensor small = inputs(6, 5)) {
            KernelOptions options =
                    KernelOptions.defaults()
                            .execution(
                                    e ->
                                            e.withProgress(
                                                    (done, total) ->
                                                            NETWORK.kernel(small).close()));
            try (Kernel kernel = NETWORK.kernel(x, null, options)) {
                assertTrue(kernel.ntk().get(0, 0) > 0);
            }
        }
    }
}
