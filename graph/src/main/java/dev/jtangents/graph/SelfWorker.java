package dev.jtangents.graph;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import java.lang.foreign.Arena;
import java.util.Locale;

/** Pairs examples with themselves, some of them side by side. */
final class SelfWorker implements WorkerPool.Worker {
    /** Takes the planes of the output. */
    @FunctionalInterface
    interface Output {
        /** Takes a plane for the examples from one on. */
        void accept(long firstExample, int examples, int plane, StripMemory memory, long offset);
    }

    private final Arena arena;
    private final ExampleTables tables;
    private final int width;
    private final SelfContext context;
    private final StripRunner runner;
    private long start;
    private int count;

    private SelfWorker(
            Arena arena,
            Schedule schedule,
            Sources sources,
            ExampleTables tables,
            int width,
            boolean withNtk,
            Output output) {
        this.arena = arena;
        this.tables = tables;
        this.width = width;
        var memory = new StripMemory(arena, DType.F64, new StripLayout(schedule, width), withNtk);
        context = new SelfContext(arena, schedule, memory, sources, tables);
        runner =
                new StripRunner(
                        schedule,
                        memory,
                        (plane, offset) -> output.accept(start, count, plane, memory, offset));
    }

    /** Examples side by side: as few as fill a vector, unless all are normalised together. */
    static int width(CovarianceProgram program, long examples) {
        boolean together =
                program.nodes().stream()
                        .anyMatch(
                                node ->
                                        node.op() instanceof CovarianceOp.Normalization norm
                                                && norm.overExamples());
        long most = together ? examples : StripLayout.laneStride(1);
        return Math.toIntExact(Math.min(examples, most));
    }

    /** Bytes of one worker. */
    static long bytes(Schedule schedule, int width, boolean withNtk) {
        var layout = new StripLayout(schedule, width);
        long planes = Math.multiplyExact(layout.size(), Double.BYTES * (withNtk ? 2L : 1));
        return Math.addExact(planes, SelfMaps.bytes(schedule, layout.lanes()));
    }

    /** Refuses covariances of examples with themselves that do not fit the memory budget. */
    static void requireBudget(
            Schedule schedule,
            int width,
            PairLayout layout,
            Request request,
            long examples,
            ExecutionOptions options) {
        double result = (double) layout.size() * examples * request.dtype().bytes();
        double tables =
                (double) ExampleTables.bytesPerExample(schedule.program(), request.dtype(), false)
                        * examples;
        double needed =
                result + tables + (double) bytes(schedule, width, false) * options.threads();
        if (needed > options.memory()) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "The covariances of %d examples with themselves need %.3f GB of memory,"
                                + " more than the budget of %.3f GB: give at least that, or do not"
                                + " ask for cov1 and cov2.",
                            examples,
                            KernelPlan.gigabytes(needed),
                            options.memory() / 1e9));
        }
    }

    /** Fills the tables of all examples of their side. */
    static void run(
            Schedule schedule,
            Sources sources,
            ExampleTables tables,
            int width,
            boolean withNtk,
            int threads,
            Output output) {
        long tasks = Math.ceilDiv(tables.examples(), (long) width);
        WorkerPool.of(threads)
                .run(
                        tasks,
                        () -> {
                            Arena arena = Arena.ofConfined();
                            try {
                                return new SelfWorker(
                                        arena, schedule, sources, tables, width, withNtk, output);
                            } catch (RuntimeException | Error failure) {
                                arena.close();
                                throw failure;
                            }
                        });
    }

    @Override
    public void run(long index) {
        start = index * width;
        count = (int) Math.min(width, tables.examples() - start);
        context.at(start, count);
        runner.run(context);
    }

    @Override
    public void close() {
        arena.close();
    }
}
