package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Attention;
import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Mixing;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceOp.Normalization;
import dev.jtangents.graph.CovarianceOp.Scaling;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.simd.Loops;
import dev.jtangents.simd.MapLoop;
import dev.jtangents.tensor.DType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.BitSet;

/**
 * What the pairs of a batch's examples need to know of each example alone, computed once per
 * example and never once per pair: the factors that the loops of nonlinearities make of variances,
 * factors of scaling and normalisation, matrices of attention and mixing.
 *
 * <p>Tables hold examples in chunks; within one they are position by position, examples side by
 * side; those of matrices entry by entry.
 */
final class ExampleTables {
    private final CovarianceProgram program;
    private final DType dtype;
    private final Side side;
    private final Side constants;
    private final long examples;
    private final int chunk;
    private final long[] entries;
    private final @Nullable MapLoop[] loops;
    private final @Nullable FactorTable[] factors;
    private final @Nullable OwnKernels own;

    /**
     * Empty tables, in memory of the arena.
     *
     * @param side which batch the examples are
     * @param constants whose constants they have: those of the other side where it was the second
     *     batch of a kernel and is now paired with itself
     * @param chunk how many examples of one entry stand side by side, which is how pairs read them
     * @param withNtk whether their pairs have an NTK
     * @param own where the kernels of examples with themselves go, or null when nobody asks
     */
    ExampleTables(
            Arena arena,
            CovarianceProgram program,
            DType dtype,
            Side side,
            Side constants,
            long examples,
            int chunk,
            boolean withNtk,
            @Nullable OwnKernels own) {
        this.program = program;
        this.dtype = dtype;
        this.side = side;
        this.constants = constants;
        this.examples = examples;
        this.chunk = chunk;
        this.own = own;
        int nodes = program.nodes().size();
        entries = program.nodes().stream().mapToLong(ExampleTables::entries).toArray();
        loops = new @Nullable MapLoop[nodes];
        factors = new @Nullable FactorTable[nodes];
        boolean flat = program.isFlat();
        BitSet nonNegative = Signs.nonNegative(program);
        for (int index = 0; index < nodes; index++) {
            Node node = program.node(index);
            long size = entries[index] * Math.ceilDiv(examples, (long) chunk) * chunk;
            switch (node.op()) {
                case Input ignored when flat ->
                        factors[index] = new FactorTable(arena, dtype, 1, size);
                case Nonlinearity(var step, var map) -> {
                    int input = node.inputs().getFirst();
                    boolean acute = nonNegative.get(input) && Signs.keeps(step);
                    MapLoop loop = Loops.get(dtype).map(map, acute, withNtk);
                    loops[index] = loop;
                    factors[index] = new FactorTable(arena, dtype, loop.factors(), size, chunk);
                }
                case Scaling scaling -> {
                    factors[index] = new FactorTable(arena, dtype, 1, size);
                    fill(index, scaling.factors(), (int) entries[index]);
                }
                case Mixing mixing -> {
                    factors[index] = new FactorTable(arena, dtype, 1, size);
                    fill(index, mixing.matrices(), (int) entries[index]);
                }
                case Normalization ignored ->
                        factors[index] = new FactorTable(arena, dtype, 1, size);
                case Attention ignored -> factors[index] = new FactorTable(arena, dtype, 1, size);
                default -> {}
            }
        }
    }

    /** Entries that a node has per example. */
    private static long entries(Node node) {
        long positions = node.extents().positions();
        return switch (node.op()) {
            case Mixing mixing -> mixing.matrices().width();
            case Attention ignored -> positions * positions;
            default -> positions;
        };
    }

    /** Bytes of the tables of one example. */
    static long bytesPerExample(CovarianceProgram program, DType dtype, boolean withNtk) {
        long numbers = 0;
        for (Node node : program.nodes()) {
            numbers +=
                    switch (node.op()) {
                        case Nonlinearity(var step, var map) ->
                                entries(node) * Loops.get(dtype).map(map, false, withNtk).factors();
                        case Input ignored -> program.isFlat() ? 1 : 0;
                        case Mixing ignored -> entries(node);
                        case Attention ignored -> entries(node);
                        case Scaling ignored -> entries(node);
                        case Normalization ignored -> entries(node);
                        default -> 0;
                    };
        }
        return numbers * dtype.bytes();
    }

    private void fill(int node, PerExample values, int entries) {
        double[] value = new double[1];
        for (int entry = 0; entry < entries; entry++) {
            for (long example = 0; example < examples; example++) {
                value[0] = values.get(constants, example, values.width() == 1 ? 0 : entry);
                factors(node).set(index(node, entry, example), value);
            }
        }
    }

    Side side() {
        return side;
    }

    /** Whose constants the examples have. */
    Side constants() {
        return constants;
    }

    DType dtype() {
        return dtype;
    }

    CovarianceProgram program() {
        return program;
    }

    long examples() {
        return examples;
    }

    /** Where the entry of an example stands in the table of a node. */
    long index(int node, int entry, long example) {
        long chunkStart = example / chunk * chunk * entries[node];
        return chunkStart + (long) entry * chunk + example % chunk;
    }

    FactorTable factors(int node) {
        FactorTable table = factors[node];
        if (table == null) {
            throw new IllegalStateException("Node " + node + " has no factors");
        }
        return table;
    }

    MapLoop loop(int node) {
        MapLoop loop = loops[node];
        if (loop == null) {
            throw new IllegalStateException("Node " + node + " is no nonlinearity");
        }
        return loop;
    }

    /** A factor of an example that has only one. */
    double get(int node, int entry, long example) {
        return factors(node).get(0, index(node, entry, example));
    }

    void set(int node, int entry, long example, double value) {
        factors(node).set(index(node, entry, example), new double[] {value});
    }

    /** The kernels of examples with themselves after each nonlinearity. */
    OwnKernels own() {
        if (own == null) {
            throw new IllegalStateException("The batch is not paired with itself");
        }
        return own;
    }

    /** Keeps the kernels of examples with themselves after a nonlinearity, if anybody asks. */
    void setOwn(int node, int position, long start, double[] nngp, double[] ntk, int count) {
        if (own != null) {
            own.set(node, position, start, nngp, ntk, count);
        }
    }

    /**
     * Makes the factors of neighbouring examples of their variances before a nonlinearity.
     *
     * @param scratch room for the factors of all of them
     */
    void setVariances(
            int node, int position, long start, double[] variances, int count, double[][] scratch) {
        MapLoop loop = loop(node);
        FactorTable table = factors(node);
        loop.prepare(variances, scratch, count);
        for (int done = 0; done < count; ) {
            int inChunk = (int) Math.min(count - done, chunk - (start + done) % chunk);
            table.set(index(node, position, start + done), scratch, done, inChunk);
            done += inChunk;
        }
    }
}
