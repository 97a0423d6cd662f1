package dev.jtangents.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

class WorkerPoolTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 40})
    void everyTaskRunsOnce(int threads) {
        var runs = new AtomicIntegerArray(1000);
        WorkerPool.of(threads).run(1000, () -> task -> runs.incrementAndGet((int) task));
        for (int i = 0; i < 1000; i++) {
            assertEquals(1, runs.get(i));
        }
    }

    @Test
    void noTasksMakeNoWorkers() {
        WorkerPool.of(4)
                .run(
                        0,
                        () -> {
                            throw new AssertionError("made");
                        });
    }

    @Test
    void everyWorkerIsClosedOnItsThread() {
        var open = new AtomicInteger();
        WorkerPool.of(4)
                .run(
                        100,
                        () -> {
                            Thread made = Thread.currentThread();
                            open.incrementAndGet();
                            return new WorkerPool.Worker() {
                                @Override
                                public void run(long task) {
                                    assertSame(made, Thread.currentThread());
                                }

                                @Override
                                public void close() {
                                    assertSame(made, Thread.currentThread());
                                    open.decrementAndGet();
                                }
                            };
                        });
        assertEquals(0, open.get());
    }

    @Test
    void theFirstFailureStopsTheRestAndIsThrown() {
        var begun = new AtomicLong();
        var failure = new IllegalStateException("tile 5");
        var thrown =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                WorkerPool.of(2)
                                        .run(
                                                1_000_000,
                                                () ->
                                                        task -> {
                                                            begun.incrementAndGet();
                                                            if (task == 5) {
                                                                throw failure;
                                                            }
                                                            Thread.onSpinWait();
                                                        }));
        assertSame(failure, thrown);
        assertTrue(begun.get() < 1_000_000, "tasks begun: " + begun.get());
    }

    @Test
    void aWorkerThatCannotBeMadeIsAFailure() {
        assertThrows(
                OutOfMemoryError.class,
                () ->
                        WorkerPool.of(2)
                                .run(
                                        10,
                                        () -> {
                                            throw new OutOfMemoryError("scratch");
                                        }));
    }

    @Test
    void anInterruptOfTheCallerCancels() throws InterruptedException {
        var started = new CountDownLatch(1);
        var begun = new AtomicLong();
        var outcome = new Throwable[1];
        var interruptKept = new boolean[1];
        Thread caller =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        WorkerPool.of(2)
                                                .run(
                                                        Long.MAX_VALUE,
                                                        () ->
                                                                task -> {
                                                                    begun.incrementAndGet();
                                                                    started.countDown();
                                                                });
                                    } catch (CancellationException e) {
                                        outcome[0] = e;
                                        interruptKept[0] = Thread.currentThread().isInterrupted();
                                    }
                                });
        started.await();
        caller.interrupt();
        caller.join(10_000);
        assertTrue(outcome[0] instanceof CancellationException);
        assertTrue(interruptKept[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void aNumberOfThreadsBelowOneIsRefused(int threads) {
        var refused = assertThrows(InputException.class, () -> WorkerPool.of(threads));
        assertTrue(refused.getMessage().contains("threads is " + threads));
    }

    @Test
    void whatATaskRunsRunsOnItsThread() {
        Map<Long, Set<Thread>> seen = new ConcurrentHashMap<>();
        WorkerPool.of(2)
                .run(
                        4,
                        () ->
                                outer -> {
                                    Set<Thread> here = ConcurrentHashMap.newKeySet();
                                    here.add(Thread.currentThread());
                                    WorkerPool.of(3)
                                            .run(
                                                    8,
                                                    () ->
                                                            inner ->
                                                                    here.add(
                                                                            Thread
                                                                                    .currentThread()));
                                    seen.put(outer, here);
                                });
        assertEquals(4, seen.size());
        seen.values().forEach(here -> assertEquals(1, here.size()));
    }

    @Test
    void fewTasksHaveAllThreads() {
        assertEquals(Set.of(Thread.currentThread()), threadsOfEach(3, 2));
        assertEquals(Set.of(Thread.currentThread()), threadsOfEach(1, 5));
        assertFalse(threadsOfEach(3, 3).contains(Thread.currentThread()));
    }

    private static Set<Thread> threadsOfEach(int threads, int tasks) {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        var done = new AtomicLong();
        WorkerPool.of(threads)
                .runEach(
                        tasks,
                        number -> {
                            done.addAndGet(1 << number);
                            seen.add(Thread.currentThread());
                        });
        assertEquals((1 << tasks) - 1, done.get());
        return seen;
    }

    @Test
    void rangesCoverAllIndices() {
        Map<Long, Long> ranges = new ConcurrentHashMap<>();
        WorkerPool.of(2).runRanges(10, 4, ranges::put);
        assertEquals(Map.of(0L, 4L, 4L, 8L, 8L, 10L), ranges);
        WorkerPool.of(2).runRanges(0, 4, (from, to) -> fail("there is none"));
    }
}
