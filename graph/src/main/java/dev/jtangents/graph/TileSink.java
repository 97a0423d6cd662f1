package dev.jtangents.graph;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** Takes finished tiles. Called from several workers at once, for disjoint tiles. */
interface TileSink {
    /**
     * Takes a tile, whose memory is the worker's again afterwards.
     *
     * @param stride elements from one row of the tile to the next
     */
    void accept(Tile tile, MemorySegment nngp, @Nullable MemorySegment ntk, long stride);

    /** Rows and columns of the kernel that a tile covers. */
    record Tile(long row, long column, int rows, int columns) {}
}
