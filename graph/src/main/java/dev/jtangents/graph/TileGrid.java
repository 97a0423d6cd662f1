package dev.jtangents.graph;

import dev.jtangents.simd.Run;
import dev.jtangents.tensor.InputException;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * How a kernel is cut: into blocks on one fixed grid, which are computed one by one, and into tiles
 * of whole blocks, which workers claim. An inner product from BLAS may differ in its last bit with
 * the shape of the call; since the blocks do not move, no result depends on the tiles.
 *
 * @param blockRows the height of a block
 * @param blockColumns the width of a block
 * @param perTile a tile is so many blocks high and wide
 * @param symmetric whether only blocks on and above the diagonal are computed
 * @param rounds whether neighbouring examples on the diagonal are paired in rounds
 */
record TileGrid(
        long rows,
        long columns,
        int blockRows,
        int blockColumns,
        int perTile,
        boolean symmetric,
        boolean rounds) {
    /** The side of a block: as large as both kernels of a block fit the second-level cache. */
    static final int BLOCK = 256;

    static void checkTile(int tile) {
        if (tile < BLOCK || tile % BLOCK != 0) {
            throw new InputException(
                    "The tile size is " + tile + "; it is a positive multiple of " + BLOCK + ".");
        }
    }

    private long height() {
        return (long) blockRows * perTile;
    }

    private long width() {
        return (long) blockColumns * perTile;
    }

    private long down() {
        return Math.ceilDiv(rows, height());
    }

    private long across() {
        return Math.ceilDiv(columns, width());
    }

    /** The first tile of a row of tiles that is not entirely below the diagonal. */
    private long firstAcross(long tileRow) {
        return symmetric ? tileRow * height() / width() : 0;
    }

    /** The number of tiles; of a symmetric kernel those below the diagonal are left out. */
    long tiles() {
        long tiles = 0;
        for (long tileRow = 0; tileRow < down(); tileRow++) {
            tiles += across() - firstAcross(tileRow);
        }
        return tiles;
    }

    /** The number of entries in the blocks that are computed. */
    long entries() {
        if (!symmetric) {
            return rows * columns;
        }
        long sum = 0;
        for (long row = 0; row < rows; row += blockRows) {
            long firstColumn = row / blockColumns * blockColumns;
            sum += Math.min(blockRows, rows - row) * (columns - firstColumn);
        }
        return sum;
    }

    /** The number of entries in the blocks of some tiles. */
    long entries(LongPredicate chosen) {
        var sum = new LongAdder();
        long index = 0;
        for (long tileRow = 0; tileRow < down(); tileRow++) {
            for (long tileColumn = firstAcross(tileRow); tileColumn < across(); tileColumn++) {
                if (chosen.test(index++)) {
                    forEachBlock(
                            tileRow,
                            tileColumn,
                            block -> sum.add((long) block.rows() * block.columns()));
                }
            }
        }
        return sum.sum();
    }

    /** The cut in words: where two grids have the same, so have their tiles. */
    String text() {
        return String.format(
                Locale.ROOT,
                "%d x %d entries in tiles of %d x %d%s",
                rows,
                columns,
                height(),
                width(),
                symmetric ? rounds ? ", symmetric, in rounds" : ", symmetric" : "");
    }

    /**
     * Gives the strips of a block: its rows, of a symmetric kernel from the diagonal on, but for
     * some lanes that whole vectors begin with. What is below the diagonal becomes the mirror image
     * of what is above.
     */
    void forEachStrip(TileSink.Tile block, Consumer<Strip> action) {
        long end = block.column() + block.columns();
        for (long row = block.row(); row < block.row() + block.rows(); row++) {
            long start = block.column();
            if (symmetric && row >= start) {
                start += (row - start) / Run.PADDING * Run.PADDING;
                int size = (int) Math.min(Run.PADDING, end - start);
                if (rounds && size > 0) {
                    if (row - start <= size / 2) {
                        action.accept(new Strip(row, start, size, true));
                    }
                    start += size;
                }
            }
            if (start < end) {
                action.accept(new Strip(row, start, (int) (end - start), false));
            }
        }
    }

    /** Gives the blocks of a tile in a fixed order. */
    void forEachBlock(long index, Consumer<TileSink.Tile> action) {
        long tileRow = 0;
        long rest = index;
        while (rest >= across() - firstAcross(tileRow)) {
            rest -= across() - firstAcross(tileRow);
            tileRow++;
        }
        forEachBlock(tileRow, firstAcross(tileRow) + rest, action);
    }

    private void forEachBlock(long tileRow, long tileColumn, Consumer<TileSink.Tile> action) {
        long rowEnd = Math.min(rows, (tileRow + 1) * height());
        long columnEnd = Math.min(columns, (tileColumn + 1) * width());
        for (long row = tileRow * height(); row < rowEnd; row += blockRows) {
            for (long column = tileColumn * width(); column < columnEnd; column += blockColumns) {
                if (!symmetric || column + blockColumns > row) {
                    action.accept(
                            new TileSink.Tile(
                                    row,
                                    column,
                                    (int) Math.min(blockRows, rowEnd - row),
                                    (int) Math.min(blockColumns, columnEnd - column)));
                }
            }
        }
    }
}
