package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Given;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.simd.PlaneMapLoop;
import dev.jtangents.simd.PlaneRun;

import java.lang.foreign.MemorySegment;

/** One example of the first batch paired with neighbouring examples of the second. */
final class CrossContext implements PairContext {
    private final GramTask task;
    private final Schedule schedule;
    private final StripMemory memory;
    private final InputRows tiles;
    private final OwnTables own;
    private Strip strip = new Strip(0, 0, 0, false);

    CrossContext(GramTask task, StripMemory memory, InputRows tiles) {
        this.task = task;
        this.schedule = task.plan().pairs();
        this.memory = memory;
        this.tiles = tiles;
        this.own = new OwnTables(task.rowTables());
    }

    /** Moves to a strip, not a round. */
    void at(Strip next) {
        strip = next;
    }

    private int lanes() {
        return memory.layout().lanes();
    }

    private Planes.Box box(Step step) {
        return schedule.planes(step.node()).box(step.plane());
    }

    private boolean isZero(Step step) {
        return step.plane() == schedule.planes(step.node()).zero();
    }

    /** The lane in which the example is paired with itself at equal positions, or -1. */
    private int ownLane(Step step) {
        return task.symmetric() && isZero(step) ? strip.own() : -1;
    }

    /** What is done to a cell. */
    @FunctionalInterface
    private interface Cell {
        void accept(int p, int q, long offset);
    }

    private void forEach(Step step, long target, Cell action) {
        Planes.Box box = box(step);
        long cell = target;
        for (int first : box.rows()) {
            for (int p = first; p < first + box.rowLength(); p++) {
                action.accept(p, p + box.shift(), cell);
                cell += lanes();
            }
        }
    }

    @Override
    public void read(CovarianceOp op, Step step, long target) {
        switch (op) {
            case Input input -> readInput(step, input, target);
            case Given given -> {
                GivenKernel kernel = task.sources().given().get(given.index());
                forEach(
                        step,
                        target,
                        (p, q, offset) -> {
                            for (int lane = 0; lane < strip.width(); lane++) {
                                memory.set(
                                        offset + lane,
                                        kernel.nngp(strip.row(), strip.column() + lane, p, q),
                                        kernel.ntk(strip.row(), strip.column() + lane, p, q));
                            }
                        });
            }
            default -> throw new IllegalStateException("Nothing is read by " + op);
        }
    }

    private void readInput(Step step, Input input, long target) {
        int node = step.node();
        if (tiles.has(node)) {
            tiles.copyRow(node, strip.row(), strip.column(), strip.width(), memory.nngp(), target);
            return;
        }
        MemorySegment left = task.rows(input).values().segment();
        FeatureLanes right = task.lanes(node);
        Planes.Box box = box(step);
        int features = input.features();
        memory.lanes()
                .innerProducts(
                        memory.planeRun()
                                .inPlace()
                                .to(target, strip.width(), lanes(), box.rowLength(), box.rows()),
                        left,
                        strip.row() * input.positions().positions() * features,
                        right.values(),
                        right.index(box.shift(), strip.column()),
                        right.stride(),
                        features);
    }

    @Override
    public void map(Nonlinearity op, Step step, long source, long target) {
        if (!mapPlane(op, step, memory.planeRun().from(source), target)) {
            memory.copy(source, target, (long) box(step).cells() * lanes());
            mapCells(op, step, target);
        }
        setOwn(step, target);
    }

    @Override
    public boolean mapInWindow(Nonlinearity op, Step step, PlaneRun run, long target) {
        boolean done =
                task.columnTables().loop(step.node()) instanceof PlaneMapLoop loop
                        && loop.sumsWindows()
                        && mapPlane(op, step, run, target);
        if (done) {
            setOwn(step, target);
        }
        return done;
    }

    /** Maps all cells of a plane, or what they see, in one pass, if the map's loop can do that. */
    private boolean mapPlane(Nonlinearity op, Step step, PlaneRun run, long target) {
        ExampleTables columns = task.columnTables();
        int node = step.node();
        Planes.Box box = box(step);
        if (!schedule.program().isFlat()
                && columns.loop(node) instanceof PlaneMapLoop loop
                && loop.takes(op.step())) {
            loop.applyToPlane(
                    run.to(target, strip.width(), lanes(), box.rowLength(), box.rows()),
                    op.step(),
                    own.of(node, strip.row()),
                    columns.factors(node),
                    columns.index(node, box.shift(), strip.column()));
            return true;
        }
        return false;
    }

    private void mapCells(Nonlinearity op, Step step, long target) {
        ExampleTables rows = task.rowTables();
        ExampleTables columns = task.columnTables();
        int node = step.node();
        Planes.Box box = box(step);
        rows.loop(node)
                .apply(
                        memory.cells(target, strip.width(), box),
                        op.step(),
                        rows.factors(node),
                        rows.index(node, 0, strip.row()),
                        columns.factors(node),
                        columns.index(node, box.shift(), strip.column()));
    }

    /** Where the example meets itself at equal positions, the exact values are put. */
    private void setOwn(Step step, long target) {
        int lane = ownLane(step);
        if (lane >= 0) {
            task.rowTables().own().copy(step.node(), strip.row(), memory, target + lane);
        }
    }

    @Override
    public void scale(CovarianceOp.Scaling op, Step step, long target) {
        scaleByTable(step, target);
    }

    @Override
    public void normalize(CovarianceOp.Normalization op, Step step, long target) {
        scaleByTable(step, target);
    }

    private void scaleByTable(Step step, long target) {
        ExampleTables rows = task.rowTables();
        ExampleTables columns = task.columnTables();
        FactorTable factors = columns.factors(step.node());
        forEach(
                step,
                target,
                (p, q, offset) ->
                        memory.scale(
                                offset,
                                rows.get(step.node(), p, strip.row()),
                                factors.segment(),
                                factors.index(
                                        0,
                                        columns.index(step.node(), q, strip.column()),
                                        strip.width()),
                                strip.width()));
    }

    @Override
    public void dropout(CovarianceOp.Dropout op, Step step, long target) {
        int own = ownLane(step);
        if (own >= 0) {
            double factor = 1 / op.rate();
            forEach(
                    step,
                    target + own,
                    (p, q, offset) ->
                            memory.set(
                                    offset,
                                    factor * memory.nngp(offset),
                                    factor * memory.ntk(offset)));
        }
    }

    @Override
    public void prepareMatrices(int node) {}

    private int entry(int node, int out, int in) {
        int input = schedule.program().node(node).inputs().getFirst();
        return out * schedule.planes(input).extents().positions() + in;
    }

    @Override
    public void addLeft(int node, int out, int in, long target, long source) {
        double weight = task.rowTables().get(node, entry(node, out, in), strip.row());
        memory.addScaled(target, weight, source, strip.width());
    }

    @Override
    public void addRight(int node, int out, int in, long target, long source) {
        ExampleTables columns = task.columnTables();
        FactorTable weights = columns.factors(node);
        long at =
                weights.index(
                        0,
                        columns.index(node, entry(node, out, in), strip.column()),
                        strip.width());
        memory.addProducts(target, 1, source, weights.segment(), at, strip.width());
    }
}
