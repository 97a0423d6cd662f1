package dev.jtangents.graph;

import dev.jtangents.tensor.InputException;

import java.util.function.Consumer;

/**
 * How a kernel is cut: into blocks on one fixed grid, which are computed one by one, and into tiles
 * of whole blocks, which workers claim. An inner product from BLAS may differ in its last bit with
 * the shape of the call; since the blocks do not move, no result depends on the tiles.
 *
 * @param symmetric whether only blocks on and above the diagonal are computed
 */
record TileGrid(long rows, long columns, int tile, boolean symmetric) {
    /** The side of a block: as large as both kernels of a block fit the second-level cache. */
    static final int BLOCK = 256;

    TileGrid {
        checkTile(tile);
    }

    static void checkTile(int tile) {
        if (tile < BLOCK || tile % BLOCK != 0) {
            throw new InputException(
                    "The tile size is " + tile + "; it is a positive multiple of " + BLOCK + ".");
        }
    }

    private static long parts(long whole, long part) {
        return (whole + part - 1) / part;
    }

    /** The number of tiles; of a symmetric kernel those below the diagonal are left out. */
    long tiles() {
        long down = parts(rows, tile);
        return symmetric ? down * (down + 1) / 2 : down * parts(columns, tile);
    }

    /** The number of entries that are computed. */
    long entries() {
        if (!symmetric) {
            return rows * columns;
        }
        long sum = 0;
        for (long row = 0; row < rows; row += BLOCK) {
            sum += Math.min(BLOCK, rows - row) * (columns - row);
        }
        return sum;
    }

    /** Gives the blocks of a tile in a fixed order. */
    void forEachBlock(long index, Consumer<TileSink.Tile> action) {
        long across = parts(columns, tile);
        long tileRow = index / across;
        long tileColumn = index % across;
        if (symmetric) {
            tileRow = 0;
            tileColumn = index;
            while (tileColumn >= across - tileRow) {
                tileColumn -= across - tileRow;
                tileRow++;
            }
            tileColumn += tileRow;
        }
        long rowEnd = Math.min(rows, (tileRow + 1) * tile);
        long columnEnd = Math.min(columns, (tileColumn + 1) * tile);
        for (long row = tileRow * tile; row < rowEnd; row += BLOCK) {
            for (long column = tileColumn * tile; column < columnEnd; column += BLOCK) {
                if (!symmetric || column >= row) {
                    action.accept(
                            new TileSink.Tile(
                                    row,
                                    column,
                                    (int) Math.min(BLOCK, rowEnd - row),
                                    (int) Math.min(BLOCK, columnEnd - column)));
                }
            }
        }
    }
}
