package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.simd.PlaneMapLoop;
import dev.jtangents.simd.PlaneRun;

/**
 * Neighbouring examples paired among themselves, in a round, by programs that {@link Rounds} suit.
 */
final class RoundContext implements PairContext {
    private final GramTask task;
    private final Schedule schedule;
    private final StripMemory memory;
    private final RoundTables firsts;
    private Strip strip = new Strip(0, 0, 0, true);

    RoundContext(GramTask task, StripMemory memory, RoundTables firsts) {
        this.task = task;
        this.schedule = task.plan().pairs();
        this.memory = memory;
        this.firsts = firsts;
    }

    /** Moves to a round. */
    void at(Strip round) {
        strip = round;
        firsts.fill(round);
    }

    private Planes.Box box(Step step) {
        return schedule.planes(step.node()).box(step.plane());
    }

    private PlaneRun to(PlaneRun run, Step step, long target) {
        Planes.Box box = box(step);
        int lanes = memory.layout().lanes();
        return run.to(target, strip.width(), lanes, box.rowLength(), box.rows());
    }

    @Override
    public void read(CovarianceOp op, Step step, long target) {
        if (!(op instanceof Input input)) {
            throw notInRounds(op);
        }
        Planes.Box box = box(step);
        FeatureLanes seconds = task.lanes(step.node());
        memory.lanes()
                .innerProductsOfPairs(
                        to(memory.planeRun().inPlace(), step, target),
                        firsts.features(step.node()),
                        0,
                        seconds.values(),
                        seconds.index(box.shift(), strip.column()),
                        seconds.stride(),
                        input.features());
    }

    @Override
    public void map(Nonlinearity op, Step step, long source, long target) {
        PlaneMapLoop loop = (PlaneMapLoop) task.columnTables().loop(step.node());
        map(loop, op, step, memory.planeRun().from(source), target);
    }

    @Override
    public boolean mapInWindow(Nonlinearity op, Step step, PlaneRun run, long target) {
        PlaneMapLoop loop = (PlaneMapLoop) task.columnTables().loop(step.node());
        if (loop.sumsWindows()) {
            map(loop, op, step, run, target);
        }
        return loop.sumsWindows();
    }

    private void map(PlaneMapLoop loop, Nonlinearity op, Step step, PlaneRun run, long target) {
        int node = step.node();
        ExampleTables tables = task.columnTables();
        FactorTable seconds = tables.factors(node);
        long second = tables.index(node, box(step).shift(), strip.column());
        to(run, step, target);
        loop.applyToPlane(run, op.step(), firsts.factors(node), 0, seconds, second);
        boolean own = strip.row() == strip.column();
        if (own && step.plane() == schedule.planes(node).zero()) {
            for (int lane = 0; lane < strip.width(); lane++) {
                tables.own().copy(node, strip.column() + lane, memory, target + lane);
            }
        }
    }

    private static IllegalStateException notInRounds(Object what) {
        return new IllegalStateException("No rounds run " + what);
    }

    @Override
    public void scale(CovarianceOp.Scaling op, Step step, long target) {
        throw notInRounds(op);
    }

    @Override
    public void normalize(CovarianceOp.Normalization op, Step step, long target) {
        throw notInRounds(op);
    }

    @Override
    public void dropout(CovarianceOp.Dropout op, Step step, long target) {
        throw notInRounds(op);
    }

    @Override
    public void prepareMatrices(int node) {
        throw notInRounds(schedule.program().node(node).op());
    }

    @Override
    public void addLeft(int node, int out, int in, long target, long source) {
        throw notInRounds(schedule.program().node(node).op());
    }

    @Override
    public void addRight(int node, int out, int in, long target, long source) {
        throw notInRounds(schedule.program().node(node).op());
    }
}
