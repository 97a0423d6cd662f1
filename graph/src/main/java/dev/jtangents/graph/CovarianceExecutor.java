package dev.jtangents.graph;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;

/** Runs covariance programs on batches of examples. Stateless. */
public final class CovarianceExecutor {
    private CovarianceExecutor() {}

    /**
     * Where the kernels of a computation go, contiguous, of the dtype of the computation. A kernel
     * without a target is not kept, and the NTK not even computed.
     */
    public record Targets(@Nullable Tensor nngp, @Nullable Tensor ntk) {}

    /** Makes room for a result; called once the plan is known to fit. */
    @FunctionalInterface
    public interface Allocator {
        /** Targets for kernels of this shape. */
        Targets allocate(Shape shape);
    }

    /**
     * How a kernel is wanted.
     *
     * @param dtype of the computation and the result
     * @param ntk whether the NTK is computed
     * @param diagonalSpatial whether only equal positions of the output are paired
     */
    public record Request(DType dtype, boolean ntk, boolean diagonalSpatial) {}

    /**
     * Computes the kernel of a program: (N1, N2, H, H, W, W, ...), each spatial axis of the output
     * twice, or once where only equal positions are paired. With one batch the kernel is symmetric
     * to the last bit.
     *
     * @param resultInBudget whether the result counts against the memory budget
     * @throws InputException when an input is not finite, the budget too small, or the dtype
     *     overflows
     */
    public static Targets run(
            CovarianceProgram program,
            Sources sources,
            Request request,
            boolean resultInBudget,
            ExecutionOptions options,
            Allocator allocator) {
        try (Arena arena = Arena.ofShared()) {
            var rest = ExampleStages.resolve(arena, program, sources, request, options);
            return runRest(arena, rest, request, resultInBudget, allocator);
        }
    }

    private static Targets runRest(
            Arena arena,
            ExampleStages.Rest rest,
            Request request,
            boolean resultInBudget,
            Allocator allocator) {
        Sources sources = rest.sources();
        ExecutionOptions options = rest.options();
        KernelPlan plan =
                KernelPlan.of(
                        DepthCollapse.of(rest.program(), request.dtype(), sources),
                        sources.examples(rest.program(), Side.FIRST),
                        sources.examples(rest.program(), Side.SECOND),
                        sources.symmetric(),
                        request,
                        resultInBudget,
                        options);
        ExampleTables rows = tables(arena, plan, sources, Side.FIRST);
        ExampleTables columns = plan.symmetric() ? rows : tables(arena, plan, sources, Side.SECOND);
        var task = new GramTask(arena, plan, sources, rows, columns);
        Targets targets = allocator.allocate(shape(plan));
        run(task, targets, options);
        return targets;
    }

    private static Shape shape(KernelPlan plan) {
        Extents extents = plan.program().output().extents();
        var layout = new PairLayout(extents, plan.request().diagonalSpatial());
        return layout.after(plan.rows(), plan.columns());
    }

    private static void run(GramTask task, Targets targets, ExecutionOptions options) {
        TileGrid grid = task.plan().grid();
        var tally = new TileTally(grid, options);
        WorkerPool.of(task.plan().workers())
                .run(grid.tiles(), () -> TileWorker.create(task, targets, tally));
    }

    /** What the pairs need of each example alone; where it is known, the output is checked. */
    static ExampleTables tables(Arena arena, KernelPlan plan, Sources sources, Side side) {
        Schedule schedule = plan.self();
        long examples = side == Side.FIRST ? plan.rows() : plan.columns();
        DType dtype = plan.request().dtype();
        Side constants = side == Side.FIRST ? sources.side() : sources.secondSide();
        boolean ntk = plan.request().ntk();
        var tables =
                new ExampleTables(
                        arena,
                        plan.program(),
                        dtype,
                        side,
                        constants,
                        examples,
                        plan.width(),
                        ntk,
                        plan.symmetric()
                                ? new OwnKernels(arena, plan.program(), dtype, examples, ntk)
                                : null);
        var range = new Range(sources, side, dtype);
        Planes output = schedule.planes(plan.program().nodes().size() - 1);
        SelfWorker.run(
                schedule,
                sources,
                tables,
                SelfWorker.width(plan.program(), examples),
                ntk,
                plan.workers(),
                (first, count, plane, memory, offset) -> {
                    long cell = offset;
                    for (int p = 0; p < output.box(plane).cells(); p++) {
                        for (int lane = 0; lane < count; lane++) {
                            range.require("variance", first + lane, memory.nngp(cell + lane));
                            range.require("NTK", first + lane, memory.ntk(cell + lane));
                        }
                        cell += memory.layout().lanes();
                    }
                });
        return tables;
    }

    /**
     * The NNGP of each example with itself: (N, H, H, W, W, ...), or (N, H, W, ...) where only
     * equal positions are paired. The caller closes it.
     *
     * @param second whether the second batch is meant
     * @throws InputException when an input is not finite, the budget too small, or the dtype
     *     overflows
     */
    public static Tensor selfCovariances(
            CovarianceProgram program,
            Sources sources,
            boolean second,
            Request request,
            ExecutionOptions options) {
        try (Arena arena = Arena.ofShared()) {
            var rest = ExampleStages.resolve(arena, program, sources, request, options);
            Side side = second ? Side.SECOND : Side.FIRST;
            return selfCovariances(arena, rest, side, request);
        }
    }

    private static Tensor selfCovariances(
            Arena arena, ExampleStages.Rest rest, Side side, Request request) {
        Sources sources = rest.sources();
        ExecutionOptions options = rest.options();
        CovarianceProgram program = Lowering.lower(rest.program());
        long examples = sources.examples(program, side);
        Demand demand = Demand.ofSelfAndOutput(program, request.diagonalSpatial());
        Schedule schedule = Scheduler.schedule(demand);
        Planes planes = schedule.planes(program.nodes().size() - 1);
        var layout = new PairLayout(planes.extents(), request.diagonalSpatial());
        int width = SelfWorker.width(program, examples);
        SelfWorker.requireBudget(schedule, width, layout, request, examples, options);
        Tensor result = Tensor.allocate(request.dtype(), layout.after(examples));
        boolean finished = false;
        try {
            var tables =
                    new ExampleTables(
                            arena,
                            program,
                            request.dtype(),
                            side,
                            side == Side.FIRST ? sources.side() : sources.secondSide(),
                            examples,
                            width,
                            false,
                            null);
            SelfWorker.run(
                    schedule,
                    sources,
                    tables,
                    width,
                    false,
                    options.threads(),
                    new SelfSink(
                            result, layout, planes, new Range(sources, side, request.dtype())));
            finished = true;
            return result;
        } finally {
            if (!finished) {
                result.close();
            }
        }
    }

    /**
     * What {@link #run} would do, for people.
     *
     * @param examples1 the size of the first batch
     * @param examples2 the size of the second batch, or null for the first again
     */
    public static String describe(
            CovarianceProgram program,
            long examples1,
            @Nullable Long examples2,
            Request request,
            ExecutionOptions options) {
        long columns = examples2 == null ? examples1 : examples2;
        boolean symmetric = examples2 == null;
        CovarianceProgram rewritten =
                DepthCollapse.of(program, request.dtype(), (double) examples1 * columns);
        KernelPlan plan =
                KernelPlan.of(rewritten, examples1, columns, symmetric, request, false, options);
        return PlanText.describe(plan);
    }
}
