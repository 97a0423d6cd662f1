package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.WeightedSum;
import dev.jtangents.graph.CovarianceOp.WindowSum;
import dev.jtangents.graph.Schedule.Action;
import dev.jtangents.graph.Schedule.Source;
import dev.jtangents.graph.Schedule.Stage;
import dev.jtangents.graph.Schedule.Step;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Makes the sum over a window part of the map or affine step that takes nothing but this sum, and
 * both part of a sum with another plane, as branches of a network end in.
 */
final class WindowFusion {
    private WindowFusion() {}

    static List<Step> fuse(CovarianceProgram program, List<Step> steps) {
        List<Step> fused = new ArrayList<>();
        for (Step step : steps) {
            List<Source> sources =
                    fused.isEmpty() ? null : sourcesInWindow(program, fused.getLast(), step);
            if (sources == null) {
                fused.add(step);
            } else {
                fused.removeLast();
                fused.add(
                        new Step(
                                Action.COMPUTE_IN_WINDOW,
                                step.node(),
                                step.plane(),
                                sources,
                                step.slot()));
            }
        }
        return fused;
    }

    /** What a step reads once the one before it is part of it, or null where this cannot be. */
    private static @Nullable List<Source> sourcesInWindow(
            CovarianceProgram program, Step before, Step step) {
        if (!isInPlaceOf(before, step)) {
            return null;
        }
        if (isTransformed(program, before, step)) {
            return before.sources();
        }
        return isAdded(program, before, step)
                ? List.of(before.sources().getFirst(), other(step, before.node()))
                : null;
    }

    /** The inputs that nothing sees but windows which are part of another operation. */
    static BitSet inputsSeenInWindows(CovarianceProgram program, List<Stage> stages) {
        BitSet inputs = new BitSet();
        for (int node = 0; node < program.nodes().size(); node++) {
            inputs.set(node, program.node(node).op() instanceof Input);
        }
        for (Stage stage : stages) {
            for (List<Step> group : stage.groups()) {
                for (Step step : group) {
                    int seen = step.action() == Action.COMPUTE_IN_WINDOW ? 1 : 0;
                    step.sources().stream()
                            .skip(seen)
                            .forEach(source -> inputs.clear(source.node()));
                }
            }
        }
        return inputs;
    }

    /** Whether a step transforms in place what another has computed. */
    private static boolean isInPlaceOf(Step before, Step step) {
        return step.action() == Action.COMPUTE
                && step.slot() == before.slot()
                && step.plane() == before.plane()
                && step.sources().stream()
                        .filter(source -> source.node() == before.node())
                        .anyMatch(source -> source.slot() == before.slot());
    }

    private static boolean isTransformed(CovarianceProgram program, Step sum, Step step) {
        CovarianceOp op = program.node(step.node()).op();
        return sum.action() == Action.COMPUTE
                && program.node(sum.node()).op() instanceof WindowSum
                && sum.sources().size() == 1
                && (op instanceof Nonlinearity || op instanceof Affine);
    }

    private static boolean isAdded(CovarianceProgram program, Step affine, Step step) {
        return affine.action() == Action.COMPUTE_IN_WINDOW
                && program.node(affine.node()).op() instanceof Affine
                && program.node(step.node()).op() instanceof WeightedSum
                && step.sources().size() == 2;
    }

    private static Source other(Step sum, int node) {
        Source first = sum.sources().getFirst();
        return first.node() == node ? sum.sources().getLast() : first;
    }
}
