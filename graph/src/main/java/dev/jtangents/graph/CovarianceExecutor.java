package dev.jtangents.graph;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Runs covariance programs on batches of examples. Stateless. */
public final class CovarianceExecutor {
    private CovarianceExecutor() {}

    /**
     * Where the kernels of a computation go; every one of (rows, columns), contiguous, of the dtype
     * of the computation. A kernel without a target is not kept, and the NTK not even computed.
     */
    public record Targets(@Nullable Tensor nngp, @Nullable Tensor ntk) {}

    /** Makes room for a result; called once the plan is known to fit. */
    @FunctionalInterface
    public interface Allocator {
        /** Targets for kernels of this shape. */
        Targets allocate(Shape shape);
    }

    /**
     * Computes the kernel of a program. Rows are the examples of {@code x1}, columns those of
     * {@code x2}; where the program takes no mean over positions, positions of examples.
     *
     * @param x2 the second batch, or null for the first again: then the kernel is symmetric to the
     *     last bit, and its diagonal exact
     * @param ntk whether the NTK is computed
     * @param resultCopies how often the result counts against the memory budget: 0 where it goes to
     *     memory of the caller's
     * @throws InputException when an input is not finite, the budget too small, or the dtype
     *     overflows
     */
    public static Targets run(
            CovarianceProgram program,
            Batch x1,
            @Nullable Batch x2,
            DType dtype,
            boolean ntk,
            int resultCopies,
            ExecutionOptions options,
            Allocator allocator) {
        var size =
                new KernelSize(
                        x1.examples(),
                        x2 == null ? x1.examples() : x2.examples(),
                        x1.positions(),
                        x1.features(),
                        x2 == null);
        KernelPlan plan = KernelPlan.of(program, size, dtype, ntk, options, resultCopies);
        boolean mean = program.takesSpatialMean();
        Batch rows = mean ? x1 : x1.flattened();
        Batch columns = x2 == null ? rows : mean ? x2 : x2.flattened();
        try (Arena arena = Arena.ofShared()) {
            Variances rowVariances = Variances.of(arena, rows, plan.stages(), dtype, ntk);
            Variances columnVariances =
                    x2 == null
                            ? rowVariances
                            : Variances.of(arena, columns, plan.stages(), dtype, ntk);
            Targets targets = allocator.allocate(Shape.of(plan.rows(), plan.columns()));
            var task =
                    new GramTask(
                            rows,
                            columns,
                            plan.stages(),
                            rowVariances,
                            columnVariances,
                            plan.grid(),
                            dtype,
                            ntk,
                            new MatrixSink(targets.nngp(), targets.ntk(), x2 == null));
            run(task, options);
            return targets;
        }
    }

    private static void run(GramTask task, ExecutionOptions options) {
        long total = task.grid().entries();
        var done = new AtomicLong();
        WorkerPool.of(options.threads())
                .run(
                        task.grid().tiles(),
                        () ->
                                TileWorker.create(
                                        task,
                                        entries ->
                                                options.progress()
                                                        .update(done.addAndGet(entries), total)));
    }

    /**
     * The NNGP of each example with itself, at equal positions: (positions, examples), where
     * positions is 1 after a mean over positions. The caller closes it.
     *
     * @throws InputException when an input is not finite or the dtype overflows
     */
    public static Tensor variances(CovarianceProgram program, Batch batch, DType dtype) {
        List<Stage> stages = Stage.of(program.onScaledInput(1.0 / batch.features()));
        try (Arena arena = Arena.ofConfined()) {
            return Variances.of(arena, batch, stages, dtype, false).nngp().copy(dtype);
        }
    }

    /**
     * The NNGP of each example with itself at all pairs of positions, (examples, positions,
     * positions), of a program without a mean over positions. The caller closes it.
     */
    public static Tensor selfCovariances(
            CovarianceProgram program, Batch batch, DType dtype, ExecutionOptions options) {
        long positions = batch.positions();
        requireBudget(batch, dtype, options);
        Tensor result = Tensor.allocate(dtype, Shape.of(batch.examples(), positions, positions));
        try {
            for (long example = 0; example < batch.examples(); example++) {
                Tensor target = result.slice(0, example, example + 1).reshape(positions, positions);
                run(
                        program,
                        batch.slice(example, example + 1),
                        null,
                        dtype,
                        false,
                        0,
                        options.withProgress(Progress.NONE),
                        shape -> new Targets(target, null));
            }
            return result;
        } catch (RuntimeException | Error failure) {
            result.close();
            throw failure;
        }
    }

    private static void requireBudget(Batch batch, DType dtype, ExecutionOptions options) {
        double needed =
                2.0 * batch.examples() * batch.positions() * batch.positions() * dtype.bytes();
        if (needed > options.memory()) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "Covariances of all pairs of %d positions of %d examples need %.3f GB,"
                                    + " more than the budget of %.3f GB: do not ask for cov1 and"
                                    + " cov2, or end the network with Flatten.",
                            batch.positions(),
                            batch.examples(),
                            needed / 1e9,
                            options.memory() / 1e9));
        }
    }

    /**
     * What the computation of a kernel would take, for people, without computing anything.
     *
     * @throws InputException when the budget is too small
     */
    public static String describe(
            CovarianceProgram program,
            KernelSize size,
            DType dtype,
            boolean ntk,
            ExecutionOptions options) {
        return KernelPlan.of(program, size, dtype, ntk, options, 0).describe();
    }
}
