package dev.jtangents.cli;

import dev.jtangents.graph.Progress;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far a long computation has come: a bar on a terminal, else a line from time to time.
 * What takes less than a second shows nothing.
 */
final class ProgressReport implements Progress, AutoCloseable {
    /** The launcher sets this when the standard error is a terminal, which Java cannot ask for. */
    static final String TERMINAL = "jtangents.terminal";

    private static final int WIDTH = 80;
    private static final long SILENT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();

    private final String task;
    private final PrintStream err;
    private final boolean terminal;
    private final LongSupplier elapsed;
    private volatile long nextNanos;
    private @Nullable ProgressBar bar;

    /** Begins to count the time. */
    ProgressReport(String task, PrintStream err) {
        this(task, err, Boolean.getBoolean(TERMINAL), sinceNow());
    }

    /** The same on another clock, which counts nanoseconds from 0. */
    ProgressReport(String task, PrintStream err, boolean terminal, LongSupplier elapsed) {
        this.task = task;
        this.err = err;
        this.terminal = terminal;
        this.elapsed = elapsed;
        this.nextNanos = terminal ? SILENT_NANOS : LINE_NANOS;
    }

    private static LongSupplier sinceNow() {
        long start = System.nanoTime();
        return () -> System.nanoTime() - start;
    }

    @Override
    public void update(long done, long total) {
        long now = elapsed.getAsLong();
        if (now >= nextNanos) {
            show(now, done, total);
        }
    }

    private synchronized void show(long now, long done, long total) {
        if (now < nextNanos) {
            return;
        }
        if (terminal) {
            bar = bar == null ? newBar(now, total) : bar;
            bar.stepTo(Math.max(done, bar.getCurrent()));
            return;
        }
        nextNanos = now + LINE_NANOS;
        double remaining = now * 1e-9 * (total - done) / Math.max(done, 1);
        err.printf(
                Locale.ROOT,
                "%s: %.0f %% done, about %.0f s to go%n",
                task,
                100.0 * done / total,
                remaining);
    }

    private ProgressBar newBar(long now, long total) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(" M entries", 1_000_000)
                .setUpdateIntervalMillis(200)
                .startsFrom(0, Duration.ofNanos(now))
                .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
                .build();
    }

    /** Leaves the bar as it is, for other lines to follow. */
    synchronized void finish() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    @Override
    public void close() {
        finish();
    }
}
