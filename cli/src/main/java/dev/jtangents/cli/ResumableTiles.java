package dev.jtangents.cli;

import dev.jtangents.graph.Checkpoint;
import dev.jtangents.tensor.InputException;

import java.io.PrintStream;
import java.util.BitSet;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Notes which tiles of a kernel are finished in the journals of its arrays. Data are made durable
 * before they are noted; from time to time, for all tiles that have been written since.
 */
final class ResumableTiles implements Checkpoint {
    private static final int MOST_TILES = 1_000_000_000;
    private static final long LEAST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How much longer pauses are than what is between them, which takes a worker from its work. */
    private static final long PAUSE_FACTOR = 9;

    private final Collection<ResumableArray> arrays;
    private final boolean resume;
    private final PrintStream err;
    private final ReentrantLock recording = new ReentrantLock();
    private final BitSet written = new BitSet();
    private volatile BitSet before = new BitSet();
    private volatile long nextNanos;
    private boolean uncertain;
    private long tiles;
    private long finished;

    /**
     * Notes of a kernel.
     *
     * @param arrays those that are created for it
     * @param resume whether the user expects that tiles are there
     */
    ResumableTiles(Collection<ResumableArray> arrays, boolean resume, PrintStream err) {
        this.arrays = arrays;
        this.resume = resume;
        this.err = err;
    }

    @Override
    public void begin(String grid, long count) {
        if (count > MOST_TILES) {
            throw new InputException(
                    "The kernel has "
                            + count
                            + " tiles, and at most "
                            + MOST_TILES
                            + " can be noted: compute parts of it.");
        }
        tiles = count;
        var common = new BitSet();
        common.set(0, (int) count);
        arrays.forEach(array -> common.and(array.begin(grid)));
        before = common;
        finished = common.cardinality();
        nextNanos = System.nanoTime() + LEAST_PAUSE_NANOS;
        if (resume) {
            err.println(
                    finished == 0
                            ? "There is nothing to resume: starting from the beginning."
                            : "Going on from " + text() + ".");
        }
    }

    @Override
    public boolean isFinished(long tile) {
        return before.get((int) tile);
    }

    @Override
    public void finish(long tile) {
        synchronized (written) {
            written.set((int) tile);
        }
        if (System.nanoTime() - nextNanos >= 0 && recording.tryLock()) {
            try {
                record();
            } finally {
                recording.unlock();
            }
        }
    }

    /** Notes all tiles that have been written, once nobody writes any more. */
    void finishRecording() {
        // An interrupt would close the files.
        boolean interrupted = Thread.interrupted();
        recording.lock();
        try {
            record();
        } finally {
            recording.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void record() {
        BitSet taken = takeWritten();
        if (uncertain || taken.isEmpty()) {
            return;
        }
        // Systems report a failure to write only once: after one, nothing more is noted.
        uncertain = true;
        long begin = System.nanoTime();
        arrays.forEach(array -> array.record(taken));
        finished += taken.cardinality();
        long end = System.nanoTime();
        nextNanos = end + Math.max(LEAST_PAUSE_NANOS, PAUSE_FACTOR * (end - begin));
        uncertain = false;
    }

    private BitSet takeWritten() {
        synchronized (written) {
            BitSet taken = (BitSet) written.clone();
            written.clear();
            return taken;
        }
    }

    /** Whether a run can go on from what is noted. */
    boolean areNoted() {
        return finished > 0;
    }

    /** How much is noted, as in {@code 31 of 120 tiles}. */
    String text() {
        return finished + " of " + tiles + " tiles";
    }
}
