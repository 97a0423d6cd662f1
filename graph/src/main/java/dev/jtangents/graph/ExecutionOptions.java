package dev.jtangents.graph;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.MemoryBudget;

/**
 * Where and how a kernel is computed. None of it changes a bit of the result.
 *
 * @param threads worker threads
 * @param memory the budget in bytes for results and scratch memory, without the inputs
 * @param tile the side of the tiles that workers claim, a multiple of 256
 * @param progress hears how far the computation has come
 * @param checkpoint remembers which tiles are finished; where a program runs in several parts,
 *     those of the last, whose result is the kernel
 */
public record ExecutionOptions(
        int threads, long memory, int tile, Progress progress, Checkpoint checkpoint) {
    /** All cores, {@link MemoryBudget#standard}, small tiles, no listener, no checkpoint. */
    public static ExecutionOptions defaults() {
        return new ExecutionOptions(
                WorkerPool.ofCores().threads(),
                MemoryBudget.standard(),
                TileGrid.BLOCK,
                Progress.NONE,
                Checkpoint.NONE);
    }

    public ExecutionOptions {
        WorkerPool.of(threads);
        if (memory < 1) {
            throw new InputException(
                    "The memory budget is " + memory + " bytes; a positive number is needed.");
        }
        TileGrid.checkTile(tile);
    }

    /** The same on a number of threads. */
    public ExecutionOptions withThreads(int count) {
        return new ExecutionOptions(count, memory, tile, progress, checkpoint);
    }

    /** The same within a number of bytes. */
    public ExecutionOptions withMemory(long bytes) {
        return new ExecutionOptions(threads, bytes, tile, progress, checkpoint);
    }

    /** The same in tiles of this side. */
    public ExecutionOptions withTile(int side) {
        return new ExecutionOptions(threads, memory, side, progress, checkpoint);
    }

    /** The same with a listener. */
    public ExecutionOptions withProgress(Progress listener) {
        return new ExecutionOptions(threads, memory, tile, listener, checkpoint);
    }

    /** The same, going on from the finished tiles of a checkpoint. */
    public ExecutionOptions withCheckpoint(Checkpoint finished) {
        return new ExecutionOptions(threads, memory, tile, progress, finished);
    }
}
