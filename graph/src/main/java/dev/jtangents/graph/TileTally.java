package dev.jtangents.graph;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Knows which tiles of a computation are finished and how many entries are; its workers share it.
 */
final class TileTally {
    private final Checkpoint checkpoint;
    private final Progress progress;
    private final long total;
    private final AtomicLong done;

    /** The tally of a kernel whose targets are allocated, before its first tile. */
    TileTally(TileGrid grid, ExecutionOptions options) {
        checkpoint = options.checkpoint();
        progress = options.progress();
        checkpoint.begin(grid.text(), grid.tiles());
        total = grid.entries();
        done = new AtomicLong(grid.entries(checkpoint::isFinished));
        progress.begin(done.get(), total);
    }

    boolean isFinished(long tile) {
        return checkpoint.isFinished(tile);
    }

    /** A block of a tile has been computed. */
    void add(TileSink.Tile block) {
        progress.update(done.addAndGet((long) block.rows() * block.columns()), total);
    }

    /** All blocks of a tile have been. */
    void finish(long tile) {
        checkpoint.finish(tile);
    }
}
