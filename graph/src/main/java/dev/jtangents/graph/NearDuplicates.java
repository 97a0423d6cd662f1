package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.DType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Propagates pairs of nearly parallel or opposite inputs of flat f32 programs in f64. Belongs to
 * one worker.
 *
 * <p>Maps depend on the angle θ of a pair, and an error e of cos θ is one of e / sin θ of the
 * angle: at small angles the rounding of f32, some 1e-7, costs up to half of all digits, and later
 * layers, which do not bring them back, lose more in the same way. From θ = 2^-4 on, where cos θ is
 * 1 - 2^-9, the NTK of twenty layers is off by less than 1e-4 of itself. Where θ is smaller, the
 * inner product, and all that follows from it, is computed in f64.
 */
final class NearDuplicates implements InputRows {
    private static final double LEAST_COSINE = 1 - 0x1p-9;

    private final Arena arena;
    private final GramTask task;
    private final InputTiles tiles;
    private final Loops loops;
    private final int[] inputs;
    private final int[] found;
    private final boolean[] near;
    private @Nullable Exact exact;
    private Strip strip = new Strip(0, 0, 0, false);

    NearDuplicates(Arena arena, GramTask task, InputTiles tiles) {
        this.arena = arena;
        this.task = task;
        this.tiles = tiles;
        KernelPlan plan = task.plan();
        loops = Loops.get(task.dtype());
        inputs =
                IntStream.range(0, plan.program().nodes().size())
                        .filter(node -> plan.findsNearDuplicates())
                        .filter(node -> tiles.has(node) && plan.self().demand().count(node) > 0)
                        .toArray();
        found = new int[plan.width()];
        near = new boolean[plan.width()];
    }

    /** What is kept of a squared norm: pairs above the product of theirs are near. */
    static double bound(double squaredNorm) {
        return Math.sqrt(squaredNorm * LEAST_COSINE);
    }

    /** Finds the pairs of a strip, by inner products not yet mapped. */
    boolean find(Strip pairs) {
        strip = pairs;
        boolean any = false;
        for (int node : inputs) {
            any |= find(node, any);
        }
        return any;
    }

    private boolean find(int node, boolean more) {
        // An example with itself is exact already, and left of it is below the diagonal.
        int first = task.symmetric() ? strip.own() + 1 : 0;
        ExampleTables columns = task.columnTables();
        FactorTable bounds = columns.factors(node);
        int length = strip.width() - first;
        int count =
                loops.above(
                        tiles.values(node),
                        tiles.offset(node, strip.row(), strip.column()) + first,
                        task.rowTables().get(node, 0, strip.row()),
                        bounds.segment(),
                        bounds.index(0, columns.index(node, 0, strip.column()) + first, length),
                        length,
                        found);
        if (count > 0 && !more) {
            Arrays.fill(near, false);
        }
        for (int i = 0; i < count; i++) {
            near[first + found[i]] = true;
        }
        return count > 0;
    }

    /** Replaces the results of the pairs that were found, the first of the row at an element. */
    void replace(StripMemory results, long offset) {
        if (exact == null) {
            exact = new Exact(arena, task, this);
        }
        exact.run(results, offset);
    }

    /** The same program in f64, on the strip of the row. */
    private static final class Exact {
        private final NearDuplicates pairs;
        private final StripMemory memory;
        private final CrossContext context;
        private final StripRunner runner;
        private long result;

        Exact(Arena arena, GramTask task, NearDuplicates pairs) {
            this.pairs = pairs;
            KernelPlan plan = task.plan();
            var layout = new StripLayout(plan.pairs(), plan.width());
            memory = new StripMemory(arena, DType.F64, layout, plan.request().ntk());
            context = new CrossContext(task.exact(), memory, pairs);
            runner = new StripRunner(plan.pairs(), memory, (plane, offset) -> result = offset);
        }

        void run(StripMemory results, long offset) {
            context.at(pairs.strip);
            runner.run(context);
            for (int lane = 0; lane < pairs.strip.width(); lane++) {
                if (pairs.near[lane]) {
                    long at = result + lane;
                    results.set(offset + lane, memory.nngp(at), memory.ntk(at));
                }
            }
        }
    }

    @Override
    public boolean has(int node) {
        return tiles.has(node);
    }

    /** Inner products in f64 of the pairs that were found, and 0 for the others. */
    @Override
    public void copyRow(
            int node, long example, long first, int count, MemorySegment target, long offset) {
        if (!(task.plan().program().node(node).op() instanceof Input input)) {
            throw new IllegalStateException("Node " + node + " is no input");
        }
        MemorySegment left = task.rows(input).values().segment();
        MemorySegment right = task.columns(input).values().segment();
        int features = input.features();
        for (int lane = 0; lane < count; lane++) {
            double product =
                    near[lane]
                            ? loops.innerProduct(
                                    left,
                                    example * features,
                                    right,
                                    (first + lane) * features,
                                    features)
                            : 0;
            DType.F64.write(target, offset + lane, product);
        }
    }
}
