package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Input;
import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a round needs to know of the first example of each lane's pair: features of inputs and
 * factors before nonlinearities, copied lane by lane. Belongs to one worker.
 */
final class RoundTables {
    private final GramTask task;
    private final int chunk;
    private final @Nullable FactorTable[] factors;
    private final @Nullable MemorySegment[] features;

    /** Tables, in memory of the arena. */
    RoundTables(Arena arena, GramTask task) {
        this.task = task;
        chunk = task.plan().width();
        CovarianceProgram program = task.plan().program();
        int nodes = program.nodes().size();
        factors = new @Nullable FactorTable[nodes];
        features = new @Nullable MemorySegment[nodes];
        for (int index = 0; index < nodes; index++) {
            Node node = program.node(index);
            long size = (long) node.extents().positions() * chunk;
            if (node.op() instanceof Nonlinearity) {
                int count = task.columnTables().loop(index).factors();
                factors[index] = new FactorTable(arena, task.dtype(), count, size, chunk);
            } else if (node.op() instanceof Input input) {
                Shape shape = Shape.of(input.features(), size);
                features[index] = Tensor.allocate(arena, task.dtype(), shape).segment();
            }
        }
    }

    /** Bytes of one worker's. */
    static long bytes(CovarianceProgram program, DType dtype, boolean withNtk, int chunk) {
        long features = 0;
        for (Node node : program.nodes()) {
            if (node.op() instanceof Input input) {
                features += (long) input.features() * input.positions().positions();
            }
        }
        long tables = ExampleTables.bytesPerExample(program, dtype, withNtk);
        return Math.multiplyExact(features * dtype.bytes() + tables, (long) chunk);
    }

    /** Copies what a round needs. */
    void fill(Strip round) {
        for (int node = 0; node < factors.length; node++) {
            if (factors[node] != null) {
                fillFactors(node, round);
            } else if (features[node] != null) {
                fillFeatures(node, round);
            }
        }
    }

    private void fillFactors(int node, Strip round) {
        ExampleTables tables = task.columnTables();
        FactorTable from = tables.factors(node);
        FactorTable to = factors(node);
        int positions = task.plan().program().node(node).extents().positions();
        for (int factor = 0; factor < tables.loop(node).factors(); factor++) {
            for (int p = 0; p < positions; p++) {
                long first = tables.index(node, p, round.column());
                copy(
                        round,
                        from.segment(),
                        from.index(factor, first, round.width()),
                        to.segment(),
                        to.index(factor, (long) p * chunk, round.width()));
            }
        }
    }

    private void fillFeatures(int node, Strip round) {
        FeatureLanes from = task.lanes(node);
        MemorySegment to = features(node);
        long rows = to.byteSize() / task.dtype().bytes() / chunk;
        long first = from.index(0, round.column());
        for (long row = 0; row < rows; row++) {
            copy(round, from.values(), first + row * chunk, to, row * chunk);
        }
    }

    private void copy(Strip round, MemorySegment from, long first, MemorySegment to, long target) {
        int bytes = task.dtype().bytes();
        long turn = round.row() - round.column();
        long rest = round.width() - turn;
        MemorySegment.copy(from, (first + turn) * bytes, to, target * bytes, rest * bytes);
        MemorySegment.copy(from, first * bytes, to, (target + rest) * bytes, turn * bytes);
    }

    /** The factors of a nonlinearity, those of entry 0 of the first lane at 0. */
    FactorTable factors(int node) {
        FactorTable table = factors[node];
        if (table == null) {
            throw new IllegalStateException("Node " + node + " is no nonlinearity");
        }
        return table;
    }

    /** The features of an input, position by position, examples side by side. */
    MemorySegment features(int node) {
        MemorySegment values = features[node];
        if (values == null) {
            throw new IllegalStateException("Node " + node + " is no input");
        }
        return values;
    }
}
