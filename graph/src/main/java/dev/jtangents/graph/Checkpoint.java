package dev.jtangents.graph;

/**
 * Remembers which tiles of a kernel are finished, so that a computation that was interrupted can go
 * on from them. A tile of a symmetric kernel stands for its mirror image as well.
 */
public interface Checkpoint {
    /** Remembers nothing. */
    Checkpoint NONE =
            new Checkpoint() {
                @Override
                public void begin(String grid, long tiles) {}

                @Override
                public boolean isFinished(long tile) {
                    return false;
                }

                @Override
                public void finish(long tile) {}
            };

    /**
     * Hears how the kernel is cut: once, when its targets are allocated and before any tile is
     * computed. What it throws ends the computation.
     *
     * @param grid the cut in words; tiles of two computations are the same where these are
     * @param tiles the number of tiles, which are counted from 0
     */
    void begin(String grid, long tiles);

    /** Whether the targets held this tile at the beginning: then it is not computed again. */
    boolean isFinished(long tile);

    /**
     * Hears that a tile has been written to the targets. Called from any worker; what it throws
     * ends the computation.
     */
    void finish(long tile);
}
