package dev.jtangents.graph;

/** Takes what workers have computed. Called from several of them at once, for disjoint tiles. */
interface TileSink {
    /** Rows and columns of the kernel that a tile covers. */
    record Tile(long row, long column, int rows, int columns) {}

    /**
     * Takes a plane of the output for the pairs of a strip.
     *
     * @param tile the tile that is being computed
     * @param offset where the plane's first cell is in the memory
     */
    void plane(Tile tile, Strip strip, int plane, StripMemory memory, long offset);

    /** Hears that all planes of a tile have been given. */
    void finish(Tile tile);
}
