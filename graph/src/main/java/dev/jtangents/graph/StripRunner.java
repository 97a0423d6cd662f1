package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Dropout;
import dev.jtangents.graph.CovarianceOp.Given;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Normalization;
import dev.jtangents.graph.CovarianceOp.Scaling;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.graph.Schedule.Source;
import dev.jtangents.graph.Schedule.Stage;
import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.simd.PlaneRun;

import java.util.List;

/** Runs a schedule on one strip of pairs. Belongs to one worker. */
final class StripRunner {
    /** Takes the planes of the output. */
    @FunctionalInterface
    interface Output {
        /** Takes a plane, whose first cell is at an element of the strip's memory. */
        void accept(int plane, long offset);
    }

    private final Schedule schedule;
    private final StripMemory memory;
    private final Output output;
    private final LocalSteps local;
    private final BarrierSteps barriers;

    StripRunner(Schedule schedule, StripMemory memory, Output output) {
        this.schedule = schedule;
        this.memory = memory;
        this.output = output;
        local = new LocalSteps(schedule, memory);
        barriers = new BarrierSteps(schedule, memory);
    }

    /** Runs all steps on pairs. */
    void run(PairContext context) {
        int nodes = schedule.program().nodes().size();
        for (Stage stage : schedule.stages()) {
            stage.finished().forEach(barriers::begin);
            for (List<Step> group : stage.groups()) {
                for (Step step : group) {
                    run(step, context);
                }
            }
            for (int barrier : stage.finished()) {
                barriers.finish(barrier, context);
                if (barrier == nodes - 1) {
                    outputAll(barrier);
                }
            }
        }
    }

    private void outputAll(int barrier) {
        schedule.demand().needed().get(barrier).stream()
                .forEach(plane -> output.accept(plane, memory.layout().kept(barrier, plane)));
    }

    private void run(Step step, PairContext context) {
        switch (step.action()) {
            case COMPUTE -> compute(step, context);
            case COMPUTE_IN_WINDOW -> computeInWindow(step, context);
            case KEEP -> {
                long from = local.offset(step.sources().getFirst());
                int cells = schedule.planes(step.node()).box(step.plane()).cells();
                long length = (long) cells * memory.layout().lanes();
                memory.copy(from, memory.layout().kept(step.node(), step.plane()), length);
            }
            case ABSORB -> barriers.absorb(step, local.offset(step.sources().getFirst()));
            case OUTPUT -> output.accept(step.plane(), local.offset(step.sources().getFirst()));
        }
    }

    private void compute(Step step, PairContext context) {
        CovarianceOp op = schedule.program().node(step.node()).op();
        switch (op) {
            case Input ignored -> {
                long target = memory.slot(step.slot());
                context.read(op, step, target);
                if (!schedule.seenInWindows().get(step.node())) {
                    clearNtk(step.node(), step.plane(), target);
                }
            }
            case Given ignored -> context.read(op, step, memory.slot(step.slot()));
            case Nonlinearity map -> context.map(map, step, local.copied(step));
            case Scaling scaling -> context.scale(scaling, step, local.copied(step));
            case Normalization norm -> context.normalize(norm, step, local.copied(step));
            case Dropout dropout -> context.dropout(dropout, step, local.copied(step));
            default -> local.compute(op, step);
        }
    }

    private void clearNtk(Source source) {
        clearNtk(source.node(), source.plane(), local.offset(source));
    }

    private void clearNtk(int node, int plane, long offset) {
        int cells = schedule.planes(node).box(plane).cells();
        memory.clearNtk(offset, (long) cells * memory.layout().lanes());
    }

    /** A map in one pass where there is a loop for that, else the sum first and then the map. */
    private void computeInWindow(Step step, PairContext context) {
        long target = memory.slot(step.slot());
        Node node = schedule.program().node(step.node());
        int window = node.inputs().getFirst();
        boolean withoutNtk = schedule.seenInWindows().get(step.sources().getFirst().node());
        if (node.op() instanceof Nonlinearity map) {
            PlaneRun run = local.run(window, step.plane(), step.sources());
            if (run != null && withoutNtk) {
                run.withoutNtkOfSource();
            }
            if (run != null && context.mapInWindow(map, step, run, target)) {
                return;
            }
        }
        if (withoutNtk) {
            step.sources().forEach(this::clearNtk);
        }
        switch (node.op()) {
            case Nonlinearity map -> {
                local.window(step, window, AffineStep.IDENTITY, target);
                context.map(map, step, target);
            }
            case Affine(AffineStep affine) -> local.window(step, window, affine, target);
            default -> throw new IllegalStateException("Not after a window: " + node.op());
        }
    }
}
