package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.simd.Run;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * Inner products of inputs of one position, a block of the kernel at a time, by BLAS. Belongs to
 * one worker.
 */
final class InputTiles {
    private final GramTask task;
    private final @Nullable Tensor[] tiles;
    private final LinearAlgebra algebra = LinearAlgebra.get();
    private TileSink.Tile block = new TileSink.Tile(0, 0, 0, 0);

    InputTiles(Arena arena, GramTask task) {
        this.task = task;
        CovarianceProgram program = task.plan().program();
        tiles = new @Nullable Tensor[program.nodes().size()];
        TileGrid grid = task.plan().grid();
        long height = Math.min(grid.blockRows(), grid.rows());
        for (int node = 0; node < tiles.length; node++) {
            if (isTiled(program, node)) {
                Shape shape = Shape.of(height, stride(grid));
                tiles[node] = Tensor.allocate(arena, task.dtype(), shape);
            }
        }
    }

    /**
     * Whether a node is an input whose inner products are computed block by block. In programs with
     * positions blocks are as wide as strips, which must not change a bit.
     */
    static boolean isTiled(CovarianceProgram program, int node) {
        return program.isFlat() && program.node(node).op() instanceof Input;
    }

    private static long stride(TileGrid grid) {
        return Math.min(grid.blockColumns(), grid.columns()) + Run.PADDING;
    }

    /** Bytes of one worker's tiles. */
    static long bytes(CovarianceProgram program, TileGrid grid, DType dtype) {
        long height = Math.min(grid.blockRows(), grid.rows());
        long inputs =
                IntStream.range(0, program.nodes().size())
                        .filter(node -> isTiled(program, node))
                        .count();
        return inputs * height * stride(grid) * dtype.bytes();
    }

    boolean has(int node) {
        return tiles[node] != null;
    }

    /** Computes the inner products of a block. */
    void multiply(TileSink.Tile next) {
        block = next;
        for (int node = 0; node < tiles.length; node++) {
            Tensor tile = tiles[node];
            if (tile != null && task.plan().program().node(node).op() instanceof Input input) {
                multiply(tile, input);
            }
        }
    }

    private void multiply(Tensor tile, Input input) {
        if (task.symmetric() && block.row() == block.column() && block.rows() > 1) {
            // The lower half of the left columns is below the diagonal: nobody reads it.
            int half = Math.min(task.plan().grid().blockRows() / 2, block.rows());
            multiply(tile, input, 0, half, 0);
            if (half < block.rows()) {
                multiply(tile, input, half, block.rows(), half);
            }
        } else {
            multiply(tile, input, 0, block.rows(), 0);
        }
    }

    /** Inner products of some rows of the block with its columns from one on. */
    private void multiply(Tensor tile, Input input, int fromRow, int toRow, int fromColumn) {
        Tensor left = task.rows(input).flat().slice(0, block.row() + fromRow, block.row() + toRow);
        Tensor right =
                task.columns(input)
                        .flat()
                        .slice(0, block.column() + fromColumn, block.column() + block.columns());
        Tensor product = tile.slice(0, fromRow, toRow).slice(1, fromColumn, block.columns());
        algebra.multiply(1, left, false, right, true, 0, product);
    }

    /** Copies inner products of a row of the block to an element of a strip's memory. */
    void copyRow(int node, long row, long column, int width, MemorySegment target, long offset) {
        Tensor tile = tiles[node];
        if (tile == null) {
            throw new IllegalStateException("Node " + node + " has no tile");
        }
        int bytes = task.dtype().bytes();
        long from = (row - block.row()) * tile.stride(0) + column - block.column();
        MemorySegment.copy(
                tile.segment(), from * bytes, target, offset * bytes, (long) width * bytes);
    }
}
