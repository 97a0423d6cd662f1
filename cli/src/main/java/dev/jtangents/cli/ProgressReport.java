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

    /** Beyond so many they are counted in millions. */
    private static final long MANY = 10_000_000;

    private final String task;
    private final String unit;
    private final PrintStream err;
    private final boolean terminal;
    private final LongSupplier elapsed;
    private volatile long nextNanos;
    private volatile long beginNanos;
    private volatile long beginDone;
    private @Nullable ProgressBar bar;

    /** Begins to count the time of a kernel, whose entries are counted. */
    ProgressReport(String task, PrintStream err) {
        this(task, "entries", err);
    }

    /**
     * Begins to count the time.
     *
     * @param unit what is counted
     */
    ProgressReport(String task, String unit, PrintStream err) {
        this(task, unit, err, Boolean.getBoolean(TERMINAL), sinceNow());
    }

    /** The same on another clock, which counts nanoseconds from 0. */
    ProgressReport(
            String task, String unit, PrintStream err, boolean terminal, LongSupplier elapsed) {
        this.task = task;
        this.unit = unit;
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
    public void begin(long done, long total) {
        beginNanos = elapsed.getAsLong();
        beginDone = done;
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
            bar = bar == null ? newBar(now, done, total) : bar;
            bar.stepTo(Math.max(done, bar.getCurrent()));
            return;
        }
        nextNanos = now + LINE_NANOS;
        double speed = (done - beginDone) / ((now - beginNanos) * 1e-9);
        err.printf(
                Locale.ROOT,
                "%s: %.0f %%, %,d of %,d %s, %s %s/s, about %s to go%n",
                task,
                100.0 * done / total,
                done,
                total,
                unit,
                speed < 100 ? "%.1f".formatted(speed) : "%,.0f".formatted(speed),
                unit,
                time((total - done) / speed));
    }

    private static String time(double seconds) {
        long minutes = Math.round(seconds / 60);
        return seconds < 120
                ? "%.0f s".formatted(seconds)
                : minutes < 120
                        ? minutes + " min"
                        : "%d h %d min".formatted(minutes / 60, minutes % 60);
    }

    /** Speed counts from here on: what was done before is not this bar's. */
    private ProgressBar newBar(long now, long done, long total) {
        long counted = total < MANY ? 1 : 1_000_000;
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit((counted == 1 ? " " : " M ") + unit, counted)
                .showSpeed()
                .setUpdateIntervalMillis(200)
                .startsFrom(done, Duration.ofNanos(now))
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
