package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Attention;
import dev.jtangents.graph.CovarianceOp.BilinearAttention;
import dev.jtangents.graph.CovarianceOp.Mixing;
import dev.jtangents.graph.CovarianceOp.PositionMap;
import dev.jtangents.graph.CovarianceOp.PositionMean;
import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.simd.AffineStep;
import dev.jtangents.simd.LaneLoops;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The operations that mix planes. Pooling and means take each plane as it comes and add it where it
 * belongs; attention and mixing wait for all of them.
 */
final class BarrierSteps {
    private static final AffineStep FOURFOLD_GAIN = new AffineStep(1, 0, 1, 4, 0);

    private final Schedule schedule;
    private final StripMemory memory;
    private final StripLayout layout;
    private final Map<Integer, long[]> pairs = new HashMap<>();
    private final boolean[] means;
    private final @Nullable PositionScatter[] scatters;

    BarrierSteps(Schedule schedule, StripMemory memory) {
        this.schedule = schedule;
        this.memory = memory;
        this.layout = memory.layout();
        int nodes = schedule.program().nodes().size();
        means = new boolean[nodes];
        scatters = new @Nullable PositionScatter[nodes];
        for (int node = 0; node < nodes; node++) {
            if (schedule.program().node(node).op() instanceof PositionMap map) {
                means[node] = isMean(map.matrix());
            }
        }
    }

    private int input(int node, int which) {
        return schedule.program().node(node).inputs().get(which);
    }

    private int positions(int node) {
        return schedule.planes(node).extents().positions();
    }

    /** Where the pairs of positions of a kept node are, which is the same for all strips. */
    private long[] pairs(int node) {
        return pairs.computeIfAbsent(node, layout::keptPairs);
    }

    private PositionScatter scatter(int node, PositionMap map) {
        PositionScatter scatter = scatters[node];
        if (scatter == null) {
            scatter = new PositionScatter(node, map, memory);
            scatters[node] = scatter;
        }
        return scatter;
    }

    /** Makes a barrier ready to be given planes. */
    void begin(int node) {
        memory.clear(layout.keptStart(node), layout.keptSize(node));
    }

    /** Gives a barrier a plane of its input. */
    void absorb(Step step, long source) {
        int node = step.node();
        Planes planes = schedule.planes(step.sources().getFirst().node());
        switch (schedule.program().node(node).op()) {
            case PositionMean ignored -> {
                if (step.plane() == planes.zero()) {
                    addAll(step, planes, source, 1.0 / planes.extents().positions());
                }
            }
            case PositionMap map when means[node] ->
                    addAll(step, planes, source, Math.pow(map.matrix().weights().getFirst()[0], 2));
            case PositionMap map -> scatter(node, map).add(planes.box(step.plane()), source);
            default -> {}
        }
    }

    /** Whether a map has one output, to which all inputs contribute alike. */
    private static boolean isMean(SparseMatrix matrix) {
        double[] weights = matrix.weights().getFirst();
        return matrix.rows() == 1
                && weights.length == matrix.columns()
                && Arrays.stream(matrix.indices().getFirst()).distinct().count() == weights.length
                && Arrays.stream(weights).allMatch(weight -> weight == weights[0]);
    }

    private void addAll(Step step, Planes planes, long source, double weight) {
        int cells = planes.box(step.plane()).cells();
        memory.addSum(layout.kept(step.node(), 0), weight, source, cells);
    }

    /** Completes a barrier's value. */
    void finish(int node, PairContext context) {
        switch (schedule.program().node(node).op()) {
            case Attention ignored -> mix(node, context);
            case Mixing ignored -> mix(node, context);
            case BilinearAttention ignored -> attendBilinearly(node);
            default -> {}
        }
    }

    /** M1 K M2ᵀ, a row of the output at a time. */
    private void mix(int node, PairContext context) {
        context.prepareMatrices(node);
        int input = input(node, 0);
        int lanes = layout.lanes();
        int from = positions(input);
        int to = positions(node);
        long[] sources = pairs(input);
        long[] targets = pairs(node);
        for (int out = 0; out < to; out++) {
            memory.clear(layout.scratch(), (long) from * lanes);
            for (int q = 0; q < from; q++) {
                for (int p = 0; p < from; p++) {
                    long target = layout.scratch() + (long) q * lanes;
                    context.addLeft(node, out, p, target, sources[p * from + q]);
                }
            }
            for (int other = 0; other < to; other++) {
                long target = targets[out * to + other];
                for (int q = 0; target >= 0 && q < from; q++) {
                    long source = layout.scratch() + (long) q * lanes;
                    context.addRight(node, other, q, target, source);
                }
            }
        }
    }

    private void attendBilinearly(int node) {
        int first = input(node, 0);
        int second = input(node, 1);
        int lanes = layout.lanes();
        LaneLoops loops = memory.lanes();
        MemorySegment nngp = memory.nngp();
        MemorySegment ntk = memory.ntk();
        long sums = layout.scratch();
        memory.clear(sums, lanes);
        long[] allOfFirst = pairs(first);
        long[] allOfSecond = pairs(second);
        for (int pair = 0; pair < allOfFirst.length; pair++) {
            long a = allOfFirst[pair];
            long b = allOfSecond[pair];
            loops.addProducts(nngp, sums, 1, nngp, a, nngp, b, lanes);
            if (ntk != null) {
                loops.addProducts(ntk, sums, 1, nngp, a, ntk, b, lanes);
                loops.addProducts(ntk, sums, 1, nngp, b, ntk, a, lanes);
            }
        }
        long[] targets = pairs(node);
        for (int pair = 0; pair < targets.length; pair++) {
            long target = targets[pair];
            if (target >= 0) {
                long a = allOfFirst[pair];
                memory.copy(a, target, lanes);
                memory.loops().affine(memory.run(target, lanes), FOURFOLD_GAIN);
                memory.scale(target, 1, nngp, sums, lanes);
                if (ntk != null) {
                    loops.addProducts(ntk, target, 1, ntk, sums, nngp, a, lanes);
                }
            }
        }
    }
}
