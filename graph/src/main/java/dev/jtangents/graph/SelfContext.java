package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Attention;
import dev.jtangents.graph.CovarianceOp.Given;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Normalization;
import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.simd.Loops;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Examples paired with themselves, in f64 whatever the dtype. On the way it fills the tables that
 * the pairs of different examples read.
 *
 * <p>Planes of equal positions come first: they are the variances that the other planes need.
 */
final class SelfContext implements PairContext {
    private final Schedule schedule;
    private final StripMemory memory;
    private final Sources sources;
    private final ExampleTables tables;
    private final Range range;
    private final boolean flat;
    private final SelfMaps maps;
    private long start;
    private int width;

    SelfContext(
            Arena arena,
            Schedule schedule,
            StripMemory memory,
            Sources sources,
            ExampleTables tables) {
        this.schedule = schedule;
        this.memory = memory;
        this.sources = sources;
        this.tables = tables;
        this.flat = schedule.program().isFlat();
        this.range = new Range(sources, tables.side(), tables.dtype());
        this.maps = new SelfMaps(arena, schedule, memory, tables, range);
    }

    /** Moves to the examples from one on. */
    void at(long firstExample, int examples) {
        start = firstExample;
        width = examples;
    }

    private int lanes() {
        return memory.layout().lanes();
    }

    private boolean isZero(Step step) {
        return step.plane() == schedule.planes(step.node()).zero();
    }

    /** What is done to the entry of an example at a pair of positions. */
    @FunctionalInterface
    private interface Entry {
        void accept(int p, int q, int lane, long offset);
    }

    private void forEach(Step step, long target, Entry action) {
        Planes.Box box = schedule.planes(step.node()).box(step.plane());
        long cell = target;
        for (int row : box.rows()) {
            for (int p = row; p < row + box.rowLength(); p++) {
                for (int lane = 0; lane < width; lane++) {
                    action.accept(p, p + box.shift(), lane, cell + lane);
                }
                cell += lanes();
            }
        }
    }

    @Override
    public void read(CovarianceOp op, Step step, long target) {
        switch (op) {
            case Input input -> readInput(input, step, target);
            case Given given -> {
                GivenKernel kernel = sources.given().get(given.index());
                forEach(
                        step,
                        target,
                        (p, q, lane, offset) ->
                                memory.set(
                                        offset,
                                        kernel.self(tables.side(), start + lane, p, q),
                                        ownNtk(kernel, start + lane, p, q)));
            }
            default -> throw new IllegalStateException("Nothing is read by " + op);
        }
    }

    /** A kernel of two batches has no NTK of an example with itself, and nobody asks for it. */
    private double ownNtk(GivenKernel kernel, long example, int p, int q) {
        return sources.symmetric() ? kernel.ntk(example, example, p, q) : 0;
    }

    private void readInput(Input input, Step step, long target) {
        Batch batch = sources.batch(tables.side(), input.index());
        boolean zero = isZero(step);
        forEach(
                step,
                target,
                (p, q, lane, offset) -> {
                    long example = start + lane;
                    double product = product(batch, input, example, p, q);
                    if (zero) {
                        requireFinite(batch, example, product);
                        range.require("squared norm", example, product);
                        if (flat) {
                            tables.set(step.node(), p, example, NearDuplicates.bound(product));
                        }
                    }
                    memory.set(offset, product, 0);
                });
    }

    private static double product(Batch batch, Input input, long example, int p, int q) {
        MemorySegment values = batch.values().segment();
        DType dtype = batch.values().dtype();
        int features = input.features();
        long first = (example * input.positions().positions() + p) * features;
        long second = (example * input.positions().positions() + q) * features;
        return Loops.get(dtype).innerProduct(values, first, values, second, features);
    }

    @Override
    public void map(Nonlinearity op, Step step, long source, long target) {
        int cells = schedule.planes(step.node()).box(step.plane()).cells();
        memory.copy(source, target, (long) cells * memory.layout().lanes());
        maps.apply(op, step, target, start, width);
    }

    @Override
    public void scale(CovarianceOp.Scaling op, Step step, long target) {
        scaleByTable(step, target);
    }

    private void scaleByTable(Step step, long target) {
        int node = step.node();
        forEach(
                step,
                target,
                (p, q, lane, offset) -> {
                    double factor =
                            tables.get(node, p, start + lane) * tables.get(node, q, start + lane);
                    memory.set(offset, factor * memory.nngp(offset), factor * memory.ntk(offset));
                });
    }

    @Override
    public void normalize(Normalization op, Step step, long target) {
        if (isZero(step)) {
            var variance = new MeanVariance(op, schedule.planes(step.node()).extents());
            double[] values =
                    new double[schedule.planes(step.node()).extents().positions() * width];
            forEach(
                    step,
                    target,
                    (p, q, lane, offset) -> values[p * width + lane] = memory.nngp(offset));
            double[] factors = variance.factors(values, tables.constants(), start, width);
            forEach(
                    step,
                    target,
                    (p, q, lane, offset) ->
                            tables.set(step.node(), p, start + lane, factors[p * width + lane]));
        }
        scaleByTable(step, target);
    }

    @Override
    public void dropout(CovarianceOp.Dropout op, Step step, long target) {
        if (isZero(step)) {
            forEach(
                    step,
                    target,
                    (p, q, lane, offset) ->
                            memory.set(
                                    offset,
                                    memory.nngp(offset) / op.rate(),
                                    memory.ntk(offset) / op.rate()));
        }
    }

    @Override
    public void prepareMatrices(int node) {
        int positions = schedule.planes(node).extents().positions();
        if (schedule.program().node(node).op() instanceof Attention attention) {
            int source = schedule.program().node(node).inputs().get(1);
            long[] pairs = memory.layout().keptPairs(source);
            double[] covariance = new double[positions * positions];
            for (int lane = 0; lane < width; lane++) {
                for (int pair = 0; pair < pairs.length; pair++) {
                    covariance[pair] = memory.nngp(pairs[pair] + lane);
                }
                double[] scores =
                        Scores.of(
                                attention, covariance, positions, tables.constants(), start + lane);
                for (int entry = 0; entry < scores.length; entry++) {
                    tables.set(node, entry, start + lane, scores[entry]);
                }
            }
        }
    }

    @Override
    public void addLeft(int node, int out, int in, long target, long source) {
        addByTable(node, out, in, target, source);
    }

    @Override
    public void addRight(int node, int out, int in, long target, long source) {
        addByTable(node, out, in, target, source);
    }

    private void addByTable(int node, int out, int in, long target, long source) {
        int input = schedule.program().node(node).inputs().getFirst();
        int entry = out * schedule.planes(input).extents().positions() + in;
        for (int lane = 0; lane < width; lane++) {
            double weight = tables.get(node, entry, start + lane);
            memory.set(
                    target + lane,
                    memory.nngp(target + lane) + weight * memory.nngp(source + lane),
                    memory.ntk(target + lane) + weight * memory.ntk(source + lane));
        }
    }

    private void requireFinite(Batch batch, long example, double norm) {
        if (Double.isNaN(norm) || Double.isInfinite(norm)) {
            throw new InputException(
                    "A value of "
                            + batch.exampleOf(example)
                            + " is NaN, infinite or too large to square: remove or rescale that"
                            + " example.");
        }
    }
}
