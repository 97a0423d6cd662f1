package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.DType;

import java.util.Locale;

/** A plan for people, several lines. */
final class PlanText {
    private PlanText() {}

    static String describe(KernelPlan plan) {
        var text = new StringBuilder();
        DType dtype = plan.request().dtype();
        line(
                text,
                "kernel     %d x %d examples%s, %s, %s",
                plan.rows(),
                plan.columns(),
                plan.symmetric() ? " (symmetric: one triangle is computed)" : "",
                plan.request().ntk() ? "nngp and ntk" : "nngp",
                dtype.label());
        Extents output = plan.program().output().extents();
        if (output.positions() > 1) {
            line(
                    text,
                    "output     %s of %s positions",
                    plan.request().diagonalSpatial() ? "equal pairs" : "all pairs",
                    output);
        }
        stages(text, plan);
        line(
                text,
                "per pair   about %s flops, %s bytes of planes written",
                figure(plan.flopsPerPair()),
                figure(plan.bytesPerPair()));
        TileGrid grid = plan.grid();
        line(
                text,
                "tiles      %d, of blocks of %d x %d examples, %d side by side, %d threads",
                grid.tiles(),
                grid.blockRows(),
                grid.blockColumns(),
                plan.width(),
                plan.workers());
        long result =
                KernelPlan.resultBytes(plan.pairs(), plan.request(), plan.rows(), plan.columns());
        line(
                text,
                "memory     result %.3f GB, workers %.3f GB, examples %.3f GB, budget %.3f GB%s",
                result / 1e9,
                plan.workers() * plan.workerBytes() / 1e9,
                plan.exampleBytes() / 1e9,
                plan.options().memory() / 1e9,
                result + plan.memory() > plan.options().memory()
                        ? " (fits only when the result goes to a file)"
                        : "");
        text.append("loops      ").append(Loops.description());
        return text.toString();
    }

    private static void stages(StringBuilder text, KernelPlan plan) {
        Demand demand = plan.pairs().demand();
        int number = 0;
        for (Schedule.Stage stage : plan.pairs().stages()) {
            number++;
            line(
                    text,
                    "stage %-4d %d groups of planes, then %d barriers",
                    number,
                    stage.groups().size(),
                    stage.finished().size());
        }
        for (int index = 0; index < plan.program().nodes().size(); index++) {
            Node node = plan.program().node(index);
            line(
                    text,
                    "           %d: %s%s, %s: %d of %d planes, %s flops, %s bytes",
                    index,
                    node.op(),
                    node.inputs().isEmpty() ? "" : " of " + node.inputs(),
                    node.extents(),
                    demand.count(index),
                    demand.planes().get(index).count(),
                    figure(OpCost.flops(demand, index, plan.request().ntk())),
                    figure(
                            OpCost.bytes(
                                    demand,
                                    index,
                                    plan.request().ntk(),
                                    plan.request().dtype().bytes())));
        }
    }

    private static String figure(double value) {
        return value < 1e5
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3g", value);
    }

    private static void line(StringBuilder text, String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
