package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.Schedule.Action;
import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.simd.Run;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Inner products of inputs of one position, a block of the kernel at a time, by BLAS. Belongs to
 * one worker.
 */
final class InputTiles implements InputRows {
    private final GramTask task;
    private final @Nullable Tensor[] tiles;
    private final int inPlace;
    private final LinearAlgebra algebra = LinearAlgebra.get();
    private TileSink.Tile block = new TileSink.Tile(0, 0, 0, 0);

    InputTiles(Arena arena, GramTask task, StripMemory memory, ResultBlock results) {
        this.task = task;
        inPlace = inPlace(task.plan().pairs());
        CovarianceProgram program = task.plan().program();
        tiles = new @Nullable Tensor[program.nodes().size()];
        TileGrid grid = task.plan().grid();
        long height = Math.min(grid.blockRows(), grid.rows());
        for (int node = 0; node < tiles.length; node++) {
            if (node == inPlace) {
                int bytes = task.dtype().bytes();
                MemorySegment rows = memory.nngp().asSlice(results.start() * bytes);
                Shape shape = Shape.of(results.rows(), results.stride());
                tiles[node] = Tensor.wrap(rows, task.dtype(), shape);
            } else if (isTiled(program, node)) {
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

    /** The input that a schedule begins with, unless it is read again, or -1. */
    private static int inPlace(Schedule schedule) {
        List<Step> steps =
                schedule.stages().stream()
                        .flatMap(stage -> stage.groups().stream())
                        .flatMap(List::stream)
                        .filter(step -> step.action() == Action.COMPUTE)
                        .toList();
        int first = steps.getFirst().node();
        long reads = steps.stream().filter(step -> step.node() == first).count();
        return reads == 1 && isTiled(schedule.program(), first) ? first : -1;
    }

    private static long stride(TileGrid grid) {
        return Math.min(grid.blockColumns(), grid.columns()) + Run.PADDING;
    }

    /** Bytes of one worker's tiles. */
    static long bytes(Schedule schedule, TileGrid grid, DType dtype) {
        CovarianceProgram program = schedule.program();
        int inPlace = inPlace(schedule);
        long height = Math.min(grid.blockRows(), grid.rows());
        long inputs =
                IntStream.range(0, program.nodes().size())
                        .filter(node -> node != inPlace && isTiled(program, node))
                        .count();
        return inputs * height * stride(grid) * dtype.bytes();
    }

    @Override
    public boolean has(int node) {
        return tiles[node] != null;
    }

    private Tensor tile(int node) {
        Tensor tile = tiles[node];
        if (tile == null) {
            throw new IllegalStateException("Node " + node + " has no tile");
        }
        return tile;
    }

    /** The memory of an input's inner products. */
    MemorySegment values(int node) {
        return tile(node).segment();
    }

    /** Where a pair's inner product is, in elements. */
    long offset(int node, long row, long column) {
        return (row - block.row()) * tile(node).stride(0) + column - block.column();
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

    @Override
    public void copyRow(
            int node, long row, long column, int width, MemorySegment target, long offset) {
        if (node == inPlace) {
            return;
        }
        int bytes = task.dtype().bytes();
        long from = offset(node, row, column) * bytes;
        MemorySegment.copy(values(node), from, target, offset * bytes, (long) width * bytes);
    }
}
