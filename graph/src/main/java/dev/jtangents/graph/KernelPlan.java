package dev.jtangents.graph;

import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import java.util.List;
import java.util.Locale;

/**
 * How a kernel will be computed, before anything runs: a value that can be printed. Kernels of
 * networks without a mean over positions pair every position of one example with every position of
 * the other; then a row of the plan is one position of one example.
 *
 * @param stages what runs over an entry while it is in cache, one stage before and one after a mean
 * @param rows rows of the kernel: examples, times positions where all pairs are needed
 * @param columns columns of the kernel
 * @param positions positions that are averaged, 1 where there are none
 * @param features numbers per position
 */
record KernelPlan(
        CovarianceProgram program,
        List<Stage> stages,
        DType dtype,
        boolean withNtk,
        boolean symmetric,
        long rows,
        long columns,
        long positions,
        long features,
        int tile,
        int threads,
        long memory) {

    /**
     * Plans the program for inputs of this size.
     *
     * @param memory the budget in bytes for everything but the inputs
     * @throws InputException when the budget does not hold the result and one block per worker
     */
    static KernelPlan of(
            CovarianceProgram program,
            KernelSize size,
            DType dtype,
            boolean withNtk,
            ExecutionOptions options,
            int resultCopies) {
        try {
            return checked(program, size, dtype, withNtk, options, resultCopies);
        } catch (ArithmeticException overflow) {
            throw new InputException(
                    "The kernel of "
                            + size
                            + " has more bytes than memory can address: give fewer examples.",
                    overflow);
        }
    }

    private static KernelPlan checked(
            CovarianceProgram program,
            KernelSize size,
            DType dtype,
            boolean withNtk,
            ExecutionOptions options,
            int resultCopies) {
        boolean mean = program.takesSpatialMean();
        long rowsPerExample = mean ? 1 : size.positions();
        long positions = mean ? size.positions() : 1;
        CovarianceProgram scaled = program.onScaledInput(1.0 / size.features()).fused();
        var plan =
                new KernelPlan(
                        scaled,
                        Stage.of(scaled),
                        dtype,
                        withNtk,
                        size.symmetric(),
                        Math.multiplyExact(size.rows(), rowsPerExample),
                        Math.multiplyExact(size.columns(), rowsPerExample),
                        positions,
                        size.features(),
                        options.tile(),
                        options.threads(),
                        options.memory());
        long result = Math.multiplyExact(plan.resultBytes(), (long) resultCopies);
        long needed = Math.addExact(result, plan.scratchBytes() + plan.exampleBytes());
        if (needed > options.memory()) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "The kernel needs %.3f GB of memory (%.3f GB result, %.3f GB for %d"
                                + " workers, %.3f GB for what each example needs), more than the"
                                + " budget of %.3f GB: give at least that, write the result to a"
                                + " file, or use fewer threads.",
                            needed / 1e9,
                            result / 1e9,
                            plan.scratchBytes() / 1e9,
                            options.threads(),
                            plan.exampleBytes() / 1e9,
                            options.memory() / 1e9));
        }
        return plan;
    }

    TileGrid grid() {
        return new TileGrid(rows, columns, tile, symmetric);
    }

    /** Bytes of one kernel array times the arrays computed. */
    long resultBytes() {
        long bytes = dtype.bytes() * (withNtk ? 2L : 1);
        return Math.multiplyExact(Math.multiplyExact(rows, columns), bytes);
    }

    /** Bytes of the variances and factors of all examples. */
    long exampleBytes() {
        Loops loops = Loops.get(dtype);
        long factors =
                stages.stream()
                        .flatMap(stage -> stage.maps().stream())
                        .mapToLong(fused -> loops.map(fused.op().map()).factors())
                        .sum();
        long each = 2L * Double.BYTES + factors * dtype.bytes();
        long examples = symmetric ? rows : Math.addExact(rows, columns);
        return Math.multiplyExact(Math.multiplyExact(examples, positions), each);
    }

    /** Bytes of scratch memory of all workers. */
    long scratchBytes() {
        return threads * TileWorker.scratchBytes(dtype, withNtk, stages.size() > 1, rows, columns);
    }

    /** Floating-point operations per computed entry, approximately. */
    long flopsPerEntry() {
        long flops = 0;
        long repeated = positions;
        flops += repeated * 2 * features;
        for (CovarianceOp op : program.ops()) {
            flops += repeated * op.flops(withNtk);
            if (op instanceof CovarianceOp.SpatialMean) {
                repeated = 1;
            }
        }
        return flops;
    }

    /** The plan for people, several lines. */
    String describe() {
        var text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "kernel     %d x %d%s, %s, %s%n",
                        rows,
                        columns,
                        symmetric ? " (symmetric: one triangle is computed)" : "",
                        withNtk ? "nngp and ntk" : "nngp",
                        dtype.label()));
        text.append(
                String.format(
                        Locale.ROOT,
                        "input      inner products of %d features at %d position%s%n",
                        features,
                        positions,
                        positions == 1 ? "" : "s"));
        for (CovarianceOp op : program.ops()) {
            text.append("           ").append(op).append(System.lineSeparator());
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        "per entry  about %d flops, %d bytes of result%n",
                        flopsPerEntry(),
                        dtype.bytes() * (withNtk ? 2 : 1)));
        text.append(
                String.format(
                        Locale.ROOT,
                        "tiles      %d of %d x %d, blocks of %d, %d threads%n",
                        grid().tiles(),
                        tile,
                        tile,
                        TileGrid.BLOCK,
                        threads));
        text.append(
                String.format(
                        Locale.ROOT,
                        "memory     result %.3f GB, workers %.3f GB, examples %.3f GB, budget %.3f"
                                + " GB%s%n",
                        resultBytes() / 1e9,
                        scratchBytes() / 1e9,
                        exampleBytes() / 1e9,
                        memory / 1e9,
                        resultBytes() + scratchBytes() + exampleBytes() > memory
                                ? " (fits only when the result goes to a file)"
                                : ""));
        text.append("loops      ").append(Loops.description());
        return text.toString();
    }
}
