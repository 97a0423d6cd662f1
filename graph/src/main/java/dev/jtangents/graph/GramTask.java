package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.tensor.DType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;

/** One kernel to compute: what its workers share. */
final class GramTask {
    private final KernelPlan plan;
    private final Sources sources;
    private final ExampleTables rowTables;
    private final ExampleTables columnTables;
    private final @Nullable FeatureLanes[] lanes;
    private final Arena arena;
    private @Nullable GramTask exact;

    /** The task, with what it keeps of each example in memory of the arena. */
    GramTask(
            Arena arena,
            KernelPlan plan,
            Sources sources,
            ExampleTables rowTables,
            ExampleTables columnTables) {
        this.arena = arena;
        this.plan = plan;
        this.sources = sources;
        this.rowTables = rowTables;
        this.columnTables = columnTables;
        CovarianceProgram program = plan.program();
        lanes = new @Nullable FeatureLanes[program.nodes().size()];
        for (int node = 0; node < lanes.length; node++) {
            CovarianceOp op = program.node(node).op();
            if (op instanceof Input input && !InputTiles.isTiled(program, node)) {
                lanes[node] = new FeatureLanes(arena, columns(input), plan.width());
            }
        }
    }

    /** The same task in f64, whose tables are made when it is first asked for. */
    synchronized GramTask exact() {
        if (exact == null) {
            KernelPlan doubles = plan.inDoubles();
            ExampleTables rows = CovarianceExecutor.tables(arena, doubles, sources, Side.FIRST);
            ExampleTables columns =
                    plan.symmetric()
                            ? rows
                            : CovarianceExecutor.tables(arena, doubles, sources, Side.SECOND);
            exact = new GramTask(arena, doubles, sources, rows, columns);
        }
        return exact;
    }

    KernelPlan plan() {
        return plan;
    }

    Sources sources() {
        return sources;
    }

    DType dtype() {
        return plan.request().dtype();
    }

    boolean symmetric() {
        return plan.symmetric();
    }

    ExampleTables rowTables() {
        return rowTables;
    }

    ExampleTables columnTables() {
        return columnTables;
    }

    Batch rows(Input input) {
        return sources.batch(Side.FIRST, input.index());
    }

    Batch columns(Input input) {
        return sources.batch(Side.SECOND, input.index());
    }

    FeatureLanes lanes(int node) {
        FeatureLanes found = lanes[node];
        if (found == null) {
            throw new IllegalStateException("Node " + node + " is read in tiles");
        }
        return found;
    }
}
