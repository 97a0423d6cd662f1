package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceExecutor.Request;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import java.util.Locale;

/**
 * How a kernel will be computed, before anything runs: a value that can be printed.
 *
 * @param program the program after rewriting
 * @param pairs what is done for a pair of examples
 * @param self what is done for each example alone
 * @param rows examples of the first batch
 * @param columns examples of the second batch
 * @param symmetric whether both batches are the same
 * @param rounds whether neighbouring examples on the diagonal are paired in rounds
 * @param width examples of the second batch that are computed side by side
 * @param workers threads that work at once
 * @param resultBytes what the result counts against the budget
 */
record KernelPlan(
        CovarianceProgram program,
        Schedule pairs,
        Schedule self,
        Request request,
        long rows,
        long columns,
        boolean symmetric,
        boolean rounds,
        int width,
        int workers,
        long resultBytes,
        ExecutionOptions options) {
    /** The second-level cache that most machines have at least, in bytes. */
    private static final long CACHE = 1 << 20;

    /** The height of blocks of programs with positions, unless there are few of them. */
    private static final int FEW_ROWS = 4;

    /**
     * So many tiles keep the cores of most machines busy until the last is done; of a kernel of
     * examples with themselves those that are not computed count, too.
     */
    private static final int MANY_TILES = 64;

    /**
     * Plans a program for batches of these sizes.
     *
     * @param resultInBudget whether the result counts against the memory budget
     * @throws InputException when the budget holds not even one strip of pairs
     */
    static KernelPlan of(
            CovarianceProgram source,
            long rows,
            long columns,
            boolean symmetric,
            Request request,
            boolean resultInBudget,
            ExecutionOptions options) {
        try {
            return checked(source, rows, columns, symmetric, request, resultInBudget, options);
        } catch (ArithmeticException overflow) {
            throw new InputException(
                    "The kernel of "
                            + rows
                            + " x "
                            + columns
                            + " examples has more bytes than memory can address: give fewer"
                            + " examples.",
                    overflow);
        }
    }

    private static KernelPlan checked(
            CovarianceProgram source,
            long rows,
            long columns,
            boolean symmetric,
            Request request,
            boolean resultInBudget,
            ExecutionOptions options) {
        CovarianceProgram program = Lowering.lower(source);
        Schedule pairs = Scheduler.schedule(Demand.ofPairs(program, request.diagonalSpatial()));
        Schedule self = Scheduler.schedule(selfDemand(program));
        int lanes = lanes(pairs, request);
        boolean rounds = symmetric && Rounds.suit(pairs.demand(), lanes, request.dtype());
        var plan =
                new KernelPlan(
                        program,
                        pairs,
                        self,
                        request,
                        rows,
                        columns,
                        symmetric,
                        rounds,
                        width(lanes, rounds, program.isFlat(), columns),
                        options.threads(),
                        resultInBudget ? resultBytes(pairs, request, rows, columns) : 0,
                        options);
        return plan.fits() ? plan : plan.smaller();
    }

    /** The output's variances are worth having where they come for free: then they are checked. */
    private static Demand selfDemand(CovarianceProgram program) {
        Demand without = Demand.ofSelf(program);
        Demand with = Demand.ofSelfAndOutput(program, true);
        return with.addsNoPlaneTo(without) ? with : without;
    }

    /**
     * As many lanes as keep a group's planes in half the cache, of which the second batch's tables
     * take the rest. Where those of all layers do not fit they pass through, plane after plane, and
     * leave room for a quarter.
     */
    private static int lanes(Schedule pairs, Request request) {
        if (pairs.program().isFlat()) {
            return TileGrid.BLOCK;
        }
        int lanes = lanes(pairs, request, CACHE / 2);
        long tables =
                ExampleTables.bytesPerExample(pairs.program(), request.dtype(), request.ntk());
        return tables * lanes <= CACHE ? lanes : lanes(pairs, request, CACHE / 4);
    }

    private static int lanes(Schedule pairs, Request request, long bytes) {
        int least = StripLayout.laneStride(1);
        long each = new StripLayout(pairs, least).slot(pairs.slots()) / least;
        each *= (long) request.dtype().bytes() * (request.ntk() ? 2 : 1);
        return (int) Math.clamp(bytes / each / least * least, least, TileGrid.BLOCK);
    }

    /** As many as there are lanes, or examples; rounds are no wider than a vector may be. */
    private static int width(int lanes, boolean rounds, boolean flat, long columns) {
        int least = StripLayout.laneStride(1);
        int most = (int) Math.min(rounds ? least : lanes, columns);
        return flat ? most : StripLayout.laneStride(most);
    }

    /** Bytes of the result. */
    static long resultBytes(Schedule pairs, Request request, long rows, long columns) {
        Extents output = pairs.program().output().extents();
        long entries = request.diagonalSpatial() ? 1 : output.positions();
        entries = Math.multiplyExact(entries, (long) output.positions());
        long bytes = (long) request.dtype().bytes() * (request.ntk() ? 2 : 1);
        return Math.multiplyExact(
                Math.multiplyExact(rows, columns), Math.multiplyExact(entries, bytes));
    }

    private boolean fits() {
        return memory() <= options.memory();
    }

    /** The plan with narrower strips and fewer workers. */
    private KernelPlan smaller() {
        int least = program.isFlat() ? width : Math.min(width, StripLayout.laneStride(1));
        for (int count = workers; count >= 1; count--) {
            KernelPlan candidate = with(least, count);
            if (candidate.fits()) {
                return candidate;
            }
        }
        KernelPlan last = with(least, 1);
        throw new InputException(
                String.format(
                        Locale.ROOT,
                        "The kernel needs %.3f GB of memory (%.3f GB result, %.3f GB for a worker's"
                            + " planes, %.3f GB for what each example needs), more than the budget"
                            + " of %.3f GB: give at least that%s.",
                        gigabytes(last.memory()),
                        gigabytes(last.resultBytes),
                        gigabytes(last.workerBytes()),
                        gigabytes(last.exampleBytes()),
                        options.memory() / 1e9,
                        last.resultBytes > 0 ? ", or write the result to a file" : ""));
    }

    /** For people: rounded up, so that a budget of this figure is enough. */
    static double gigabytes(double bytes) {
        return Math.ceil(bytes / 1e6) / 1e3;
    }

    private KernelPlan with(int otherWidth, int otherWorkers) {
        return new KernelPlan(
                program,
                pairs,
                self,
                request,
                rows,
                columns,
                symmetric,
                rounds,
                otherWidth,
                otherWorkers,
                resultBytes,
                options);
    }

    /** The same plan in f64. */
    KernelPlan inDoubles() {
        return new KernelPlan(
                program,
                pairs,
                self,
                new Request(DType.F64, request.ntk(), request.diagonalSpatial()),
                rows,
                columns,
                symmetric,
                rounds,
                width,
                workers,
                resultBytes,
                options);
    }

    /** Whether pairs of nearly equal examples are computed in f64. */
    boolean findsNearDuplicates() {
        boolean mapped =
                program.nodes().stream().anyMatch(node -> node.op() instanceof Nonlinearity);
        return request.dtype() == DType.F32 && program.isFlat() && mapped;
    }

    TileGrid grid() {
        if (program.isFlat()) {
            int block = TileGrid.BLOCK;
            return new TileGrid(
                    rows, columns, block, block, options.tile() / block, symmetric, false);
        }
        double tiles = (double) rows / FEW_ROWS * columns / width;
        int blockRows = tiles < MANY_TILES ? 1 : FEW_ROWS;
        return new TileGrid(rows, columns, blockRows, width, 1, symmetric, rounds);
    }

    /** Bytes that are needed, the inputs not counted. */
    long memory() {
        long working = Math.multiplyExact(workerBytes(), (long) workers);
        return Math.addExact(Math.addExact(resultBytes, exampleBytes()), working);
    }

    /** Bytes of one worker, in whichever part of the work it needs more. */
    long workerBytes() {
        DType dtype = request.dtype();
        int kernels = request.ntk() ? 2 : 1;
        TileGrid grid = grid();
        long strip = new StripLayout(pairs, width).size() * dtype.bytes() * kernels;
        if (findsNearDuplicates()) {
            strip += new StripLayout(pairs, width).size() * Double.BYTES * kernels;
        }
        long inputs = InputTiles.bytes(pairs, grid, dtype);
        long outputs = ResultBlock.of(this).size() * dtype.bytes() * kernels;
        int selfWidth = SelfWorker.width(program, Math.max(rows, columns));
        long alone = SelfWorker.bytes(self, selfWidth, request.ntk());
        long own = OwnTables.bytes(program, dtype, request.ntk());
        own += rounds ? RoundTables.bytes(program, dtype, request.ntk(), width) : 0;
        return Math.max(strip + inputs + outputs + own, alone);
    }

    /** Bytes of what is kept of all examples. */
    long exampleBytes() {
        DType dtype = request.dtype();
        long chunk = width;
        long examples = Math.multiplyExact(Math.ceilDiv(rows, chunk), chunk);
        if (!symmetric) {
            long others = Math.multiplyExact(Math.ceilDiv(columns, chunk), chunk);
            examples = Math.addExact(examples, others);
        }
        long tables = tableBytes(dtype);
        if (findsNearDuplicates()) {
            tables += tableBytes(DType.F64);
        }
        long bytes = Math.multiplyExact(tables, examples);
        for (int node = 0; node < program.nodes().size(); node++) {
            if (program.node(node).op() instanceof Input input
                    && !InputTiles.isTiled(program, node)) {
                long positions = input.positions().positions();
                long lanes = FeatureLanes.bytes(columns, positions, input.features(), width, dtype);
                bytes = Math.addExact(bytes, lanes);
            }
        }
        return bytes;
    }

    private long tableBytes(DType dtype) {
        long own = symmetric ? OwnKernels.bytesPerExample(program, dtype, request.ntk()) : 0;
        return ExampleTables.bytesPerExample(program, dtype, request.ntk()) + own;
    }

    /** Floating-point operations per computed pair of examples, approximately. */
    double flopsPerPair() {
        double flops = 0;
        for (int node = 0; node < program.nodes().size(); node++) {
            flops += OpCost.flops(pairs.demand(), node, request.ntk());
        }
        return flops;
    }

    /** Bytes of planes written per computed pair of examples, approximately. */
    double bytesPerPair() {
        double bytes = 0;
        for (int node = 0; node < program.nodes().size(); node++) {
            bytes += OpCost.bytes(pairs.demand(), node, request.ntk(), request.dtype().bytes());
        }
        return bytes;
    }
}
