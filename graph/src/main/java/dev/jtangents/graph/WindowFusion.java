package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Affine;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.WindowSum;
import dev.jtangents.graph.Schedule.Action;
import dev.jtangents.graph.Schedule.Stage;
import dev.jtangents.graph.Schedule.Step;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Makes the sum over a window part of the map or affine step that takes nothing but this sum. */
final class WindowFusion {
    private WindowFusion() {}

    static List<Step> fuse(CovarianceProgram program, List<Step> steps) {
        List<Step> fused = new ArrayList<>();
        for (Step step : steps) {
            if (!fused.isEmpty() && takesNothingBut(program, fused.getLast(), step)) {
                List<Schedule.Source> seen = fused.removeLast().sources();
                fused.add(
                        new Step(
                                Action.COMPUTE_IN_WINDOW,
                                step.node(),
                                step.plane(),
                                seen,
                                step.slot()));
            } else {
                fused.add(step);
            }
        }
        return fused;
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
                    if (step.action() != Action.COMPUTE_IN_WINDOW) {
                        step.sources().forEach(source -> inputs.clear(source.node()));
                    }
                }
            }
        }
        return inputs;
    }

    private static boolean isPointwise(CovarianceOp op) {
        return op instanceof Nonlinearity || op instanceof Affine;
    }

    /** Whether the second step transforms in place what the first has summed of one plane. */
    private static boolean takesNothingBut(CovarianceProgram program, Step sum, Step map) {
        return sum.action() == Action.COMPUTE
                && map.action() == Action.COMPUTE
                && program.node(sum.node()).op() instanceof WindowSum
                && isPointwise(program.node(map.node()).op())
                && sum.sources().size() == 1
                && map.sources().getFirst().node() == sum.node()
                && map.plane() == sum.plane()
                && map.slot() == sum.slot()
                && map.sources().getFirst().slot() == sum.slot();
    }
}
