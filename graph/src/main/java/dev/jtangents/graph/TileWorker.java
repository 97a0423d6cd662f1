package dev.jtangents.graph;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.graph.CovarianceExecutor.Targets;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;

/**
 * Computes tiles of a kernel, strip by strip: mostly one example of the first batch with
 * neighbouring ones of the second, whose planes stay in cache on their way through the network.
 */
final class TileWorker implements WorkerPool.Worker {
    private final Arena arena;
    private final GramTask task;
    private final TileTally tally;
    private final InputTiles inputs;
    private final NearDuplicates duplicates;
    private final CrossContext context;
    private final @Nullable RoundContext rounds;
    private final StripRunner runner;
    private final StripMemory memory;
    private final ResultBlock results;
    private final TileSink sink;
    private final boolean inPlace;
    private final boolean checked;
    private TileSink.Tile tile = new TileSink.Tile(0, 0, 0, 0);
    private Strip strip = new Strip(0, 0, 0, false);

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
        rounds =
                plan.rounds() ? new RoundContext(task, memory, new RoundTables(arena, task)) : null;
        sink =
                plan.program().output().extents().positions() == 1 && !plan.rounds()
                        ? new MatrixSink(plan, targets, memory, results)
                        : new PositionSink(plan, targets);
        runner =
                new StripRunner(
                        plan.pairs(),
                        memory,
                        (plane, offset) -> {
                            if (!checked) {
                                requireRange(plane, offset);
                            }
                            sink.plane(tile, strip, plane, memory, offset);
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
            for (int lane = 0; lane < strip.width(); lane++) {
                range.require("covariance", strip.row(lane), memory.nngp(at + lane));
                range.require("NTK", strip.row(lane), memory.ntk(at + lane));
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
        task.plan().grid().forEachStrip(block, this::compute);
        sink.finish(block);
    }

    private void compute(Strip next) {
        strip = next;
        if (rounds != null && next.isRound()) {
            rounds.at(next);
            runner.run(rounds);
            return;
        }
        long result = results.at(next.row() - tile.row(), next.column() - tile.column());
        if (inPlace) {
            memory.moveFirstSlot(result);
        }
        context.at(next);
        boolean near = duplicates.find(next);
        runner.run(context);
        if (near) {
            duplicates.replace(memory, result);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
