package dev.jtangents.graph;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.linalg.LinearAlgebra;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.simd.Loops;
import dev.jtangents.simd.MapLoop;
import dev.jtangents.simd.Run;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Computes blocks of a kernel in memory of its own: inner products from BLAS, then every layer on
 * one row after another while the row is in cache.
 */
final class TileWorker implements WorkerPool.Worker {
    private final Arena arena;
    private final GramTask task;
    private final LongConsumer done;
    private final Loops loops;
    private final List<List<MapLoop>> maps = new ArrayList<>();
    private final LinearAlgebra algebra = LinearAlgebra.get();
    private final Tensor nngp;
    private final @Nullable Tensor ntk;
    private final Tensor resultNngp;
    private final @Nullable Tensor resultNtk;
    private final long stride;

    private TileWorker(Arena arena, GramTask task, LongConsumer done) {
        this.arena = arena;
        this.task = task;
        this.done = done;
        this.loops = Loops.get(task.dtype());
        for (Stage stage : task.stages()) {
            maps.add(stage.maps().stream().map(fused -> loops.map(fused.op().map())).toList());
        }
        int rows = (int) Math.min(TileGrid.BLOCK, task.rows().examples());
        int columns = (int) Math.min(TileGrid.BLOCK, task.columns().examples());
        stride = columns + Run.PADDING;
        nngp = scratch(rows);
        ntk = task.withNtk() ? scratch(rows) : null;
        boolean mean = task.stages().size() > 1;
        resultNngp = mean ? scratch(rows) : nngp;
        resultNtk = mean && task.withNtk() ? scratch(rows) : ntk;
    }

    /** A worker of the calling thread. */
    static TileWorker create(GramTask task, LongConsumer done) {
        Arena arena = Arena.ofConfined();
        try {
            return new TileWorker(arena, task, done);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    /** Bytes of scratch memory of one worker. */
    static long scratchBytes(DType dtype, boolean withNtk, boolean mean, long rows, long columns) {
        long height = Math.min(TileGrid.BLOCK, rows);
        long width = Math.min(TileGrid.BLOCK, columns) + Run.PADDING;
        return height * width * dtype.bytes() * (withNtk ? 2 : 1) * (mean ? 2 : 1);
    }

    private Tensor scratch(int rows) {
        return Tensor.allocate(arena, task.dtype(), Shape.of(rows, stride));
    }

    @Override
    public void run(long tile) {
        task.grid()
                .forEachBlock(
                        tile,
                        block -> {
                            compute(block);
                            done.accept((long) block.rows() * block.columns());
                        });
    }

    private void compute(TileSink.Tile block) {
        long positions = task.rows().positions();
        boolean mean = task.stages().size() > 1;
        if (mean) {
            resultNngp.segment().fill((byte) 0);
            clear(resultNtk);
        }
        for (long position = 0; position < positions; position++) {
            multiply(block, position);
            clear(ntk);
            runStage(0, block, position, nngp.segment(), segment(ntk));
            if (mean) {
                accumulate(block, 1.0 / positions);
            }
        }
        if (mean) {
            runStage(1, block, 0, resultNngp.segment(), segment(resultNtk));
        }
        if (isOnDiagonal(block)) {
            setDiagonal(block);
        }
        task.sink().accept(block, resultNngp.segment(), segment(resultNtk), stride);
    }

    private boolean isOnDiagonal(TileSink.Tile block) {
        return task.symmetric() && block.row() == block.column();
    }

    private void multiply(TileSink.Tile block, long position) {
        if (isOnDiagonal(block)) {
            // The lower half of the left columns is below the diagonal: nobody reads it.
            int half = Math.min(TileGrid.BLOCK / 2, block.rows());
            multiply(block, position, 0, half, 0);
            multiply(block, position, half, block.rows(), half);
        } else {
            multiply(block, position, 0, block.rows(), 0);
        }
    }

    /** Inner products of some rows of a block with its columns from one on. */
    private void multiply(
            TileSink.Tile block, long position, int fromRow, int toRow, int fromColumn) {
        Tensor left =
                task.rows()
                        .atPosition(position)
                        .slice(0, block.row() + fromRow, block.row() + toRow);
        Tensor right =
                task.columns()
                        .atPosition(position)
                        .slice(0, block.column() + fromColumn, block.column() + block.columns());
        Tensor product = nngp.slice(0, fromRow, toRow).slice(1, fromColumn, block.columns());
        algebra.multiply(1, left, false, right, true, 0, product);
    }

    private void runStage(
            int index,
            TileSink.Tile block,
            long position,
            MemorySegment nngpTile,
            @Nullable MemorySegment ntkTile) {
        Stage stage = task.stages().get(index);
        List<MapLoop> stageMaps = maps.get(index);
        var run = new Run(nngpTile, ntkTile);
        boolean triangle = isOnDiagonal(block);
        for (int i = 0; i < block.rows(); i++) {
            // What is below the diagonal becomes the mirror image of what is above.
            int from = triangle ? i / Run.PADDING * Run.PADDING : 0;
            run.at(i * stride + from, block.columns() - from);
            for (int map = 0; map < stageMaps.size(); map++) {
                FactorTable rows = task.rowVariances().factors(index, map);
                FactorTable columns = task.columnVariances().factors(index, map);
                stageMaps
                        .get(map)
                        .apply(
                                run,
                                stage.maps().get(map).step(),
                                rows,
                                task.rowVariances().index(position, block.row() + i),
                                columns,
                                task.columnVariances().index(position, block.column() + from));
            }
            if (stage.hasLastStep()) {
                loops.affine(run, stage.last());
            }
        }
    }

    private void accumulate(TileSink.Tile block, double weight) {
        for (int i = 0; i < block.rows(); i++) {
            long row = i * stride;
            loops.addScaled(
                    resultNngp.segment(), row, weight, nngp.segment(), row, block.columns());
            if (ntk != null && resultNtk != null) {
                loops.addScaled(
                        resultNtk.segment(), row, weight, ntk.segment(), row, block.columns());
            }
        }
    }

    /** Puts the exact values where rounding of the inner product would show most. */
    private void setDiagonal(TileSink.Tile block) {
        for (int i = 0; i < block.rows(); i++) {
            resultNngp.set(task.rowVariances().nngp().get(0, block.row() + i), i, i);
            if (resultNtk != null) {
                resultNtk.set(task.rowVariances().ntk().get(0, block.row() + i), i, i);
            }
        }
    }

    private static void clear(@Nullable Tensor tensor) {
        if (tensor != null) {
            tensor.segment().fill((byte) 0);
        }
    }

    private static @Nullable MemorySegment segment(@Nullable Tensor tensor) {
        return tensor == null ? null : tensor.segment();
    }

    @Override
    public void close() {
        arena.close();
    }
}
