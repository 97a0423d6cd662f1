package dev.jtangents.graph;

/** Takes what workers have computed. Called from several of them at once, for disjoint tiles. */
interface TileSink {
    /** Rows and columns of the kernel that a tile covers. */
    record Tile(long row, long column, int rows, int columns) {}

    /**
     * Takes a plane of the output for an example and others from one on, side by side.
     *
     * @param tile the tile that is being computed
     * @param offset where the plane's first cell is in the memory
     */
    void plane(
            Tile tile,
            long row,
            long column,
            int width,
            int plane,
            StripMemory memory,
            long offset);

    /** Hears that all planes of a tile have been given. */
    void finish(Tile tile);
}
