package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Concatenation;
import dev.jtangents.graph.CovarianceOp.EqualPositions;
import dev.jtangents.graph.CovarianceOp.Permutation;
import dev.jtangents.graph.CovarianceOp.PositionCovariance;
import dev.jtangents.graph.CovarianceOp.Product;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.WindowSum;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.graph.Schedule.Source;
import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.simd.PlaneRun;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The local operations that do not ask whose pair they work on. */
final class LocalSteps {
    private final Schedule schedule;
    private final StripMemory memory;
    private final WindowSums[] windows;

    LocalSteps(Schedule schedule, StripMemory memory) {
        this.schedule = schedule;
        this.memory = memory;
        List<Node> nodes = schedule.program().nodes();
        windows = new WindowSums[nodes.size()];
        Map<Node, WindowSums> known = new HashMap<>();
        for (int node = 0; node < windows.length; node++) {
            if (nodes.get(node).op() instanceof WindowSum(SpatialWindow window)) {
                Extents input = nodes.get(nodes.get(node).inputs().getFirst()).extents();
                // One for all layers alike: the key is the window and what it moves over.
                var key = new Node(nodes.get(node).op(), List.of(), input);
                windows[node] =
                        known.computeIfAbsent(key, any -> new WindowSums(memory, window, input));
            }
        }
    }

    long offset(Source source) {
        return source.slot() >= 0
                ? memory.slot(source.slot())
                : memory.layout().kept(source.node(), source.plane());
    }

    private long[] offsets(List<Source> sources) {
        long[] offsets = new long[sources.size()];
        for (int index = 0; index < offsets.length; index++) {
            offsets[index] = offset(sources.get(index));
        }
        return offsets;
    }

    /** Copies the only input to the step's slot, unless it is transformed in place. */
    long copied(Step step) {
        long target = memory.slot(step.slot());
        memory.copy(offset(step.sources().getFirst()), target, length(step));
        return target;
    }

    private Planes.Box box(Step step) {
        return schedule.planes(step.node()).box(step.plane());
    }

    private int length(Step step) {
        return box(step).cells() * memory.layout().lanes();
    }

    /** Computes a plane of a local operation, if it is one of these. */
    void compute(CovarianceOp op, Step step) {
        long target = memory.slot(step.slot());
        switch (op) {
            case Affine(AffineStep affine) ->
                    memory.loops().affine(memory.run(copied(step), length(step)), affine);
            case WindowSum ignored ->
                    window(
                            step.node(),
                            step.plane(),
                            step.sources(),
                            AffineStep.IDENTITY,
                            WindowSums.NOTHING,
                            target);
            case EqualPositions ignored -> copyOrClear(step, target);
            case Permutation(List<Integer> axes) -> permute(step, target, axes);
            case WeightedSum(List<Double> weights) -> add(step, target, weights);
            case Product ignored -> multiply(step, target);
            case Concatenation(int axis) -> concatenate(step, target, axis);
            case PositionCovariance covariance -> addCovariance(step, copied(step), covariance);
            default -> throw new IllegalStateException("Not a local operation: " + op);
        }
    }

    /**
     * Sums a window over planes of its input, and applies an affine step to the sums.
     *
     * @param node the window
     * @param sources the planes of its input
     * @param addend {@link WindowSums#compute}
     */
    void window(
            int node,
            int plane,
            List<Source> sources,
            AffineStep affine,
            long addend,
            long target) {
        int input = schedule.program().node(node).inputs().getFirst();
        windows[node].compute(
                target,
                plane,
                schedule.planes(node),
                sources,
                schedule.planes(input),
                offsets(sources),
                affine,
                addend);
    }

    /** What a window sees, for a loop that sums as it maps; null when it sees too much for that. */
    @Nullable PlaneRun run(int node, int plane, List<Source> sources) {
        int input = schedule.program().node(node).inputs().getFirst();
        return windows[node].run(
                plane,
                schedule.planes(node),
                sources,
                schedule.planes(input),
                offset(sources.getFirst()));
    }

    private void copyOrClear(Step step, long target) {
        if (step.sources().isEmpty()) {
            memory.clear(target, length(step));
        } else {
            copied(step);
        }
    }

    private void permute(Step step, long target, List<Integer> axes) {
        Source source = step.sources().getFirst();
        Planes inputs = schedule.planes(source.node());
        Planes outputs = schedule.planes(step.node());
        Planes.Box from = inputs.box(source.plane());
        Planes.Box to = box(step);
        int lanes = memory.layout().lanes();
        long start = offset(source);
        int[] coordinates = new int[axes.size()];
        long cell = target;
        for (int row : to.rows()) {
            for (int p = row; p < row + to.rowLength(); p++) {
                int[] out = outputs.extents().coordinates(p);
                for (int axis = 0; axis < coordinates.length; axis++) {
                    coordinates[axes.get(axis)] = out[axis];
                }
                int input = from.cell(inputs.extents(), inputs.extents().position(coordinates));
                memory.copy(start + (long) input * lanes, cell, lanes);
                cell += lanes;
            }
        }
    }

    /** Whether a weighted sum is one loop, in place or not. */
    static boolean isSum(List<Double> weights) {
        return weights.size() <= PlaneWindow.ROWS
                && weights.stream().allMatch(weight -> weight == 1);
    }

    private void add(Step step, long target, List<Double> weights) {
        int length = length(step);
        List<Source> sources = step.sources();
        if (isSum(weights)) {
            memory.sum(target, offsets(sources), length);
            return;
        }
        memory.clear(target, length);
        for (Source source : sources) {
            memory.addScaled(target, weights.get(source.input()), offset(source), length);
        }
    }

    private void multiply(Step step, long target) {
        int length = length(step);
        memory.copy(offset(step.sources().getFirst()), target, length);
        for (Source source : step.sources().subList(1, step.sources().size())) {
            memory.multiply(target, offset(source), length);
        }
    }

    private void concatenate(Step step, long target, int axis) {
        Planes outputs = schedule.planes(step.node());
        Planes.Box to = box(step);
        int lanes = memory.layout().lanes();
        memory.clear(target, length(step));
        int[] starts = starts(step.node(), axis);
        for (Source source : step.sources()) {
            Planes inputs = schedule.planes(source.node());
            Planes.Box from = inputs.box(source.plane());
            long cell = offset(source);
            for (int row : from.rows()) {
                for (int p = row; p < row + from.rowLength(); p++) {
                    int[] coordinates = inputs.extents().coordinates(p);
                    coordinates[axis] += starts[source.input()];
                    int out = to.cell(outputs.extents(), outputs.extents().position(coordinates));
                    memory.copy(cell, target + (long) out * lanes, lanes);
                    cell += lanes;
                }
            }
        }
    }

    private int[] starts(int node, int axis) {
        List<Integer> inputs = schedule.program().node(node).inputs();
        int[] starts = new int[inputs.size()];
        for (int input = 1; input < starts.length; input++) {
            Extents before = schedule.program().node(inputs.get(input - 1)).extents();
            starts[input] = starts[input - 1] + before.size(axis);
        }
        return starts;
    }

    private void addCovariance(Step step, long target, PositionCovariance covariance) {
        Planes.Box box = box(step);
        int lanes = memory.layout().lanes();
        int positions = schedule.planes(step.node()).extents().positions();
        long cell = target;
        for (int row : box.rows()) {
            for (int p = row; p < row + box.rowLength(); p++) {
                double shift = covariance.covariance()[p * positions + p + box.shift()];
                double ntkShift = covariance.inNtk() ? shift : 0;
                double scale = covariance.scale();
                var affine = new AffineStep(scale, shift, scale, 0, ntkShift);
                memory.loops().affine(memory.run(cell, lanes), affine);
                cell += lanes;
            }
        }
    }
}
