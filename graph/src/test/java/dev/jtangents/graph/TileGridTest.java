package dev.jtangents.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.simd.Run;
import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class TileGridTest {
    private static final int[] SIZES = {1, 255, 256, 257, 1000};
    private static final int[] TILES = {256, 512, 1024};

    static Stream<Arguments> grids() {
        return IntStream.of(SIZES)
                .boxed()
                .flatMap(
                        rows ->
                                IntStream.of(SIZES)
                                        .boxed()
                                        .flatMap(
                                                columns ->
                                                        IntStream.of(TILES)
                                                                .mapToObj(
                                                                        tile ->
                                                                                Arguments.of(
                                                                                        rows,
                                                                                        columns,
                                                                                        tile))));
    }

    private static byte[] cover(TileGrid grid) {
        var counts = new byte[(int) (grid.rows() * grid.columns())];
        for (long tile = 0; tile < grid.tiles(); tile++) {
            grid.forEachBlock(
                    tile,
                    block -> {
                        assertEquals(0, block.row() % TileGrid.BLOCK);
                        assertEquals(0, block.column() % TileGrid.BLOCK);
                        assertTrue(block.rows() > 0 && block.rows() <= TileGrid.BLOCK);
                        assertTrue(block.columns() > 0 && block.columns() <= TileGrid.BLOCK);
                        for (long i = block.row(); i < block.row() + block.rows(); i++) {
                            for (int j = 0; j < block.columns(); j++) {
                                counts[(int) (i * grid.columns() + block.column() + j)]++;
                            }
                        }
                    });
        }
        return counts;
    }

    @ParameterizedTest
    @MethodSource("grids")
    void rectanglesAreCoveredOnce(int rows, int columns, int tile) {
        var grid = new TileGrid(rows, columns, 256, 256, tile / 256, false, false);
        for (byte count : cover(grid)) {
            assertEquals(1, count);
        }
        assertEquals((long) rows * columns, grid.entries());
    }

    @ParameterizedTest
    @MethodSource("grids")
    void trianglesAreCoveredOnce(int size, int ignored, int tile) {
        var grid = new TileGrid(size, size, 256, 256, tile / 256, true, false);
        byte[] counts = cover(grid);
        long computed = 0;
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                byte count = counts[i * size + j];
                boolean sameBlock = i / TileGrid.BLOCK == j / TileGrid.BLOCK;
                assertEquals(i <= j || sameBlock ? 1 : 0, count, i + ", " + j);
                computed += count;
            }
        }
        assertEquals(computed, grid.entries());
    }

    /** Blocks of programs with positions are a few rows of many columns. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 16, 33, 70})
    void flatBlocksCoverTrianglesOnce(int size) {
        for (int columns : new int[] {1, 16, 48}) {
            var grid = new TileGrid(size, size, 4, columns, 1, true, false);
            byte[] counts = new byte[size * size];
            long computed = 0;
            for (long tile = 0; tile < grid.tiles(); tile++) {
                grid.forEachBlock(
                        tile,
                        block -> {
                            for (long i = block.row(); i < block.row() + block.rows(); i++) {
                                for (int j = 0; j < block.columns(); j++) {
                                    counts[(int) (i * size + block.column() + j)]++;
                                }
                            }
                        });
            }
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    int count = counts[i * size + j];
                    assertTrue(i <= j ? count == 1 : count <= 1, i + ", " + j);
                    computed += count;
                }
            }
            assertEquals(computed, grid.entries());
        }
    }

    /** Each pair of a symmetric kernel is in one lane of one strip, as it is or mirrored. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 15, 16, 17, 18, 31, 33, 70})
    void stripsCoverEveryPairOnce(int size) {
        for (int blockRows : new int[] {1, 4}) {
            for (int columns : new int[] {16, 48}) {
                for (boolean rounds : new boolean[] {false, true}) {
                    var grid = new TileGrid(size, size, blockRows, columns, 1, true, rounds);
                    assertEveryPairOnce(grid);
                }
            }
        }
    }

    /** For 64 examples 132 strips of 16 pairs, where rows of the triangle take 160. */
    @Test
    void roundsTakeFewerStrips() {
        assertEquals(160, strips(64, false));
        assertEquals(132, strips(64, true));
        assertEquals(9, strips(16, true));
    }

    private static int strips(int size, boolean rounds) {
        var grid = new TileGrid(size, size, 4, Run.PADDING, 1, true, rounds);
        var count = new AtomicInteger();
        for (long tile = 0; tile < grid.tiles(); tile++) {
            grid.forEachBlock(
                    tile, block -> grid.forEachStrip(block, any -> count.incrementAndGet()));
        }
        return count.get();
    }

    private static void assertEveryPairOnce(TileGrid grid) {
        int size = (int) grid.rows();
        int[] counts = new int[size * size];
        for (long tile = 0; tile < grid.tiles(); tile++) {
            grid.forEachBlock(
                    tile,
                    block ->
                            grid.forEachStrip(
                                    block,
                                    strip -> {
                                        for (int lane = 0; lane < strip.pairs(); lane++) {
                                            int i = (int) strip.row(lane);
                                            int j = (int) strip.column() + lane;
                                            counts[i * size + j]++;
                                        }
                                    }));
        }
        for (int i = 0; i < size; i++) {
            assertEquals(1, counts[i * size + i], i + " with itself");
            for (int j = i + 1; j < size; j++) {
                int mirrored = counts[j * size + i];
                boolean apart = i / Run.PADDING != j / Run.PADDING;
                if (grid.rounds() && !apart) {
                    assertEquals(1, counts[i * size + j] + mirrored, i + ", " + j);
                } else {
                    assertEquals(1, counts[i * size + j], i + ", " + j);
                    assertTrue(mirrored == 0 || !grid.rounds() && !apart, j + ", " + i);
                }
            }
        }
    }

    /** The sum over block rows of what is right of the diagonal, for 10^6 examples. */
    @Test
    void countsTheEntriesOfLargeKernels() {
        long size = 1_000_000;
        long expected = 0;
        for (long row = 0; row < size; row += TileGrid.BLOCK) {
            expected += Math.min(TileGrid.BLOCK, size - row) * (size - row);
        }
        assertEquals(expected, new TileGrid(size, size, 256, 256, 1, true, false).entries());
        assertEquals(size * 7, new TileGrid(size, 7, 256, 256, 1, false, false).entries());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -256, 1, 255, 257, 300, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesTilesThatAreNotMadeOfBlocks(int tile) {
        var refusal = assertThrows(InputException.class, () -> TileGrid.checkTile(tile));
        assertTrue(refusal.getMessage().contains("tile size is " + tile), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("256"), refusal.getMessage());
    }
}
