package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Dropout;
import dev.jtangents.graph.CovarianceOp.Given;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Normalization;
import dev.jtangents.graph.CovarianceOp.Scaling;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
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
            case Nonlinearity map -> {
                long source = local.offset(step.sources().getFirst());
                context.map(map, step, source, memory.slot(step.slot()));
            }
            case Scaling scaling -> context.scale(scaling, step, local.copied(step));
            case Normalization norm -> context.normalize(norm, step, local.copied(step));
            case Dropout dropout -> context.dropout(dropout, step, local.copied(step));
            default -> local.compute(op, step);
        }
    }

    private void clearNtk(int node, int plane, long offset) {
        int cells = schedule.planes(node).box(plane).cells();
        memory.clearNtk(offset, (long) cells * memory.layout().lanes());
    }

    /** In one pass where there is a loop for that, else the sum first and then the rest. */
    private void computeInWindow(Step step, PairContext context) {
        Node node = schedule.program().node(step.node());
        switch (node.op()) {
            case Nonlinearity map -> mapInWindow(step, node, map, context);
            case Affine(AffineStep affine) -> sumWindow(step, node, affine, WindowSums.NOTHING);
            case WeightedSum ignored -> {
                Source addend = step.sources().getLast();
                Node branch = schedule.program().node(node.inputs().get(1 - addend.input()));
                AffineStep affine = ((Affine) branch.op()).step();
                sumWindow(step, branch, affine, local.offset(addend));
            }
            default -> throw new IllegalStateException("Not after a window: " + node.op());
        }
    }

    private void mapInWindow(Step step, Node node, Nonlinearity map, PairContext context) {
        long target = memory.slot(step.slot());
        int window = node.inputs().getFirst();
        PlaneRun run = local.run(window, step.plane(), step.sources());
        if (run != null && isWithoutNtk(step)) {
            run.withoutNtkOfSource();
        }
        if (run == null || !context.mapInWindow(map, step, run, target)) {
            sumWindow(step, node, AffineStep.IDENTITY, WindowSums.NOTHING);
            context.map(map, step, target, target);
        }
    }

    private void sumWindow(Step step, Node node, AffineStep affine, long addend) {
        Source seen = step.sources().getFirst();
        if (isWithoutNtk(step)) {
            clearNtk(seen.node(), seen.plane(), local.offset(seen));
        }
        int window = node.inputs().getFirst();
        long target = memory.slot(step.slot());
        local.window(window, step.plane(), List.of(seen), affine, addend, target);
    }

    /** Whether what a window sees has an NTK of 0 that is not written. */
    private boolean isWithoutNtk(Step step) {
        return schedule.seenInWindows().get(step.sources().getFirst().node());
    }
}
