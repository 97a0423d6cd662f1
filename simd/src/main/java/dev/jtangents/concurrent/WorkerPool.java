package dev.jtangents.concurrent;

import dev.jtangents.tensor.InputException;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

/**
 * Runs numbered tasks on platform threads, one per core unless told otherwise. Workers claim the
 * next task when they are free, so that uneven tasks balance; which worker runs a task must not
 * matter to its result.
 *
 * <p>What a task runs on a pool runs on the thread of the task alone: the cores are taken. {@link
 * #runEach} is for tasks that can use a pool themselves.
 *
 * <p>The threads are daemons that all pools share. One without work waits a second for more, as
 * starting another takes up to hundreds of microseconds, and ends; nothing has to be shut down. A
 * pool is immutable and shared by any number of callers.
 */
public final class WorkerPool {
    private static final ScopedValue<Boolean> WORKING = ScopedValue.newInstance();

    private static final Executor THREADS =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    1,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Thread.ofPlatform()
                            .name("jtangents-worker-", 0)
                            .daemon()
                            .inheritInheritableThreadLocals(false)
                            .factory());

    private final int threads;

    private WorkerPool(int threads) {
        this.threads = threads;
    }

    /** A pool of as many threads as the JVM sees cores. */
    public static WorkerPool ofCores() {
        return new WorkerPool(Runtime.getRuntime().availableProcessors());
    }

    /**
     * A pool of a number of threads.
     *
     * @throws InputException when it is not positive
     */
    public static WorkerPool of(int threads) {
        if (threads < 1) {
            throw new InputException(
                    "The number of threads is " + threads + "; at least 1 is needed.");
        }
        return new WorkerPool(threads);
    }

    /** The number of threads. */
    public int threads() {
        return threads;
    }

    /** What one worker does; made, used and closed on the worker's own thread. */
    public interface Worker extends AutoCloseable {
        /** Runs one task. */
        void run(long task);

        /** Frees what the worker holds. */
        @Override
        default void close() {}
    }

    /** Makes the worker of a thread, on that thread. */
    @FunctionalInterface
    public interface WorkerFactory {
        /** A new worker, which the pool closes. */
        Worker create();
    }

    /**
     * Runs tasks of which each can use several threads: side by side, one thread for each, where
     * there are as many as threads; else one after another on the calling thread, each with all
     * cores for what it runs on a pool.
     *
     * @throws CancellationException as {@link #run}
     */
    public void runEach(long tasks, LongConsumer task) {
        if (tasks >= threads && threads > 1) {
            run(tasks, () -> task::accept);
        } else {
            for (long number = 0; number < tasks; number++) {
                if (Thread.currentThread().isInterrupted()) {
                    throw interruption();
                }
                task.accept(number);
            }
        }
    }

    /** What is done with the indices {@code from} to {@code to} (exclusive). */
    @FunctionalInterface
    public interface RangeTask {
        /** Runs one task. */
        void run(long from, long to);
    }

    /**
     * {@link #run} with a task for each range of {@code width} of {@code count} indices, the last
     * of which may be narrower.
     */
    public void runRanges(long count, long width, RangeTask task) {
        run(
                Math.ceilDiv(count, width),
                () ->
                        number -> {
                            long from = number * width;
                            task.run(from, Math.min(count, from + width));
                        });
    }

    /**
     * Runs the tasks 0 to {@code tasks - 1} and returns when all have ended.
     *
     * <p>When one fails, no further task is begun, and the first failure is thrown once the running
     * ones have ended; failures of others are attached to it as suppressed.
     *
     * @throws CancellationException when the calling thread is interrupted: no further task is
     *     begun, and the interrupt stays set
     */
    public void run(long tasks, WorkerFactory factory) {
        int workers = (int) Math.min(threads, tasks);
        if (workers == 0) {
            return;
        }
        if (WORKING.isBound()) {
            var own = new Job(tasks, 1);
            own.work(factory);
            own.await();
            return;
        }
        var shared = new Job(tasks, workers);
        int started = 0;
        try {
            for (; started < workers; started++) {
                THREADS.execute(
                        () -> ScopedValue.where(WORKING, true).run(() -> shared.work(factory)));
            }
        } catch (RuntimeException | Error refused) {
            shared.abandon(workers - started, refused);
        }
        shared.await();
    }

    private static CancellationException interruption() {
        return new CancellationException("The computation was interrupted.");
    }

    /** The state that the workers of one call share. */
    private static final class Job {
        private final long tasks;
        private final AtomicLong next = new AtomicLong();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final CountDownLatch running;

        Job(long tasks, int workers) {
            this.tasks = tasks;
            this.running = new CountDownLatch(workers);
        }

        void work(WorkerFactory factory) {
            try (Worker worker = factory.create()) {
                for (long task = next.getAndIncrement();
                        task < tasks && failure.get() == null;
                        task = next.getAndIncrement()) {
                    worker.run(task);
                }
            } catch (Throwable thrown) {
                fail(thrown);
            } finally {
                running.countDown();
            }
        }

        /** Some workers could not be started; those that were end before anything is thrown. */
        void abandon(int missing, Throwable reason) {
            fail(reason);
            for (int i = 0; i < missing; i++) {
                running.countDown();
            }
        }

        private void fail(Throwable thrown) {
            if (!failure.compareAndSet(null, thrown)) {
                Throwable first = failure.get();
                if (first != null && first != thrown) {
                    first.addSuppressed(thrown);
                }
            }
        }

        void await() {
            boolean interrupted = false;
            while (true) {
                try {
                    running.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                    fail(interruption());
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            Throwable thrown = failure.get();
            switch (thrown) {
                case null -> {}
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                default -> throw new IllegalStateException(thrown);
            }
        }
    }
}
