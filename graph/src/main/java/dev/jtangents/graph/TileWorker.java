package dev.jtangents.graph;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.graph.CovarianceExecutor.Targets;
import dev.jtangents.simd.Run;

import java.lang.foreign.Arena;

/**
 * Computes tiles of a kernel, strip by strip: one example of the first batch with neighbouring ones
 * of the second, whose planes stay in cache on their way through the network.
 */
final class TileWorker implements WorkerPool.Worker {
    private final Arena arena;
    private final GramTask task;
    private final TileTally tally;
    private final InputTiles inputs;
    private final NearDuplicates duplicates;
    private final CrossContext context;
    private final StripRunner runner;
    private final StripMemory memory;
    private final ResultBlock results;
    private final TileSink sink;
    private final boolean inPlace;
    private final boolean checked;
    private TileSink.Tile tile = new TileSink.Tile(0, 0, 0, 0);
    private long row;
    private long column;
    private int width;

    private TileWorker(Arena arena, GramTask task, Targets targets, TileTally tally) {
        this.arena = arena;
        this.task = task;
        this.tally = tally;
        KernelPlan plan = task.plan();
        var layout = new StripLayout(plan.pairs(), plan.width());
        inPlace = plan.program().isFlat();
        results = ResultBlock.of(plan);
        memory = new StripMemory(arena, task.dtype(), layout, plan.request().ntk(), results.size());
        inputs = new InputTiles(arena, task, memory, results);
        duplicates = new NearDuplicates(arena, task, inputs);
        int output = plan.program().nodes().size() - 1;
        checked = plan.self().demand().count(output) > 0 && task.sources().given().isEmpty();
        context = new CrossContext(task, memory, inputs);
        sink =
                plan.program().output().extents().positions() == 1
                        ? new MatrixSink(plan, targets, memory, results)
                        : new PositionSink(plan, targets);
        runner =
                new StripRunner(
                        plan.pairs(),
                        memory,
                        context,
                        (plane, offset) -> {
                            if (!checked) {
                                requireRange(plane, offset);
                            }
                            sink.plane(tile, row, column, width, plane, memory, offset);
                        });
    }

    /**
     * Where no variances of the output bound its entries, as they were not worth computing or as a
     * given kernel may hold anything, the entries are checked.
     */
    private void requireRange(int plane, long offset) {
        Schedule pairs = task.plan().pairs();
        int output = pairs.program().nodes().size() - 1;
        var range = new Range(task.sources(), Side.FIRST, task.dtype());
        int cells = pairs.planes(output).box(plane).cells();
        for (int cell = 0; cell < cells; cell++) {
            long at = offset + (long) cell * memory.layout().lanes();
            for (int lane = 0; lane < width; lane++) {
                range.require("covariance", row, memory.nngp(at + lane));
                range.require("NTK", row, memory.ntk(at + lane));
            }
        }
    }

    /** A worker of the calling thread. */
    static TileWorker create(GramTask task, Targets targets, TileTally tally) {
        Arena arena = Arena.ofConfined();
        try {
            return new TileWorker(arena, task, targets, tally);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    @Override
    public void run(long index) {
        if (tally.isFinished(index)) {
            return;
        }
        task.plan()
                .grid()
                .forEachBlock(
                        index,
                        block -> {
                            compute(block);
                            tally.add(block);
                        });
        tally.finish(index);
    }

    private void compute(TileSink.Tile block) {
        tile = block;
        inputs.multiply(block);
        long end = block.column() + block.columns();
        for (row = block.row(); row < block.row() + block.rows(); row++) {
            column = block.column();
            if (task.symmetric() && row > column) {
                // What is below the diagonal becomes the mirror image of what is above.
                column += (row - column) / Run.PADDING * Run.PADDING;
            }
            width = (int) (end - column);
            if (width > 0) {
                if (inPlace) {
                    memory.moveFirstSlot(results.at(row - block.row(), column - block.column()));
                }
                context.at(row, column, width);
                boolean near = duplicates.find(row, column, width);
                runner.run();
                if (near) {
                    duplicates.replace(
                            memory, results.at(row - block.row(), column - block.column()));
                }
            }
        }
        sink.finish(block);
    }

    @Override
    public void close() {
        arena.close();
    }
}
