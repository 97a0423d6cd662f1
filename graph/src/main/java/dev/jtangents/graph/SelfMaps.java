package dev.jtangents.graph;

import dev.jtangents.graph.CovarianceOp.Nonlinearity;
import dev.jtangents.graph.CovarianceProgram.Node;
import dev.jtangents.graph.Schedule.Step;
import dev.jtangents.simd.FactorTable;
import dev.jtangents.simd.Loops;
import dev.jtangents.simd.SelfMapLoop;
import dev.jtangents.tensor.DType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;

/**
 * Nonlinearities of examples paired with themselves. The plane of equal positions, which comes
 * first, has the exact values of the map, and gives the other planes the variances that they need.
 */
final class SelfMaps {
    private final Schedule schedule;
    private final StripMemory memory;
    private final ExampleTables tables;
    private final Range range;
    private final @Nullable SelfMapLoop[] loops;
    private final @Nullable FactorTable[] factors;
    private final double[] variances;
    private final double[] tangents;
    private final double[] nngp;
    private final double[] ntk;

    /** The nonlinearities of a schedule, with what a worker knows of them on its arena. */
    SelfMaps(
            Arena arena, Schedule schedule, StripMemory memory, ExampleTables tables, Range range) {
        this.schedule = schedule;
        this.memory = memory;
        this.tables = tables;
        this.range = range;
        int lanes = memory.layout().lanes();
        variances = new double[lanes];
        tangents = new double[lanes];
        nngp = new double[lanes];
        ntk = new double[lanes];
        int nodes = schedule.program().nodes().size();
        loops = new @Nullable SelfMapLoop[nodes];
        factors = new @Nullable FactorTable[nodes];
        for (int node = 0; node < nodes; node++) {
            SelfMapLoop loop = loop(schedule, node);
            if (loop != null) {
                loops[node] = loop;
                long entries = entries(schedule, node, lanes);
                factors[node] = new FactorTable(arena, DType.F64, loop.factors(), entries, lanes);
            }
        }
    }

    /** The loop of a nonlinearity of which other planes than that of equal positions are needed. */
    private static @Nullable SelfMapLoop loop(Schedule schedule, int node) {
        Node of = schedule.program().node(node);
        return of.op() instanceof Nonlinearity map && schedule.demand().count(node) > 1
                ? Loops.get(DType.F64).selfMap(map.map())
                : null;
    }

    private static long entries(Schedule schedule, int node, int lanes) {
        return (long) schedule.planes(node).extents().positions() * lanes;
    }

    /** Bytes that a worker needs. */
    static long bytes(Schedule schedule, int lanes) {
        long numbers = 0;
        for (int node = 0; node < schedule.program().nodes().size(); node++) {
            SelfMapLoop loop = loop(schedule, node);
            if (loop != null) {
                long entries = entries(schedule, node, lanes);
                numbers = Math.addExact(numbers, Math.multiplyExact(entries, loop.factors()));
            }
        }
        return Math.multiplyExact(numbers, Double.BYTES);
    }

    /** Applies a nonlinearity to a plane of neighbouring examples in place. */
    void apply(Nonlinearity op, Step step, long target, long start, int width) {
        if (step.plane() == schedule.planes(step.node()).zero()) {
            mapVariances(op, step.node(), target, start, width);
        } else {
            mapCovariances(op, step, target, width);
        }
    }

    private void mapVariances(Nonlinearity op, int node, long target, long start, int width) {
        int positions = schedule.planes(node).extents().positions();
        int lanes = memory.layout().lanes();
        double[][] made = new double[tables.loop(node).factors()][width];
        SelfMapLoop loop = loops[node];
        FactorTable table = factors[node];
        double[][] ownMade = new double[loop == null ? 0 : loop.factors()][width];
        for (int p = 0; p < positions; p++) {
            mapVariances(op, target + (long) p * lanes, start, width);
            tables.setVariances(node, p, start, variances, width, made);
            tables.setOwn(node, p, start, nngp, ntk, width);
            if (loop != null && table != null) {
                loop.prepare(variances, ownMade, width);
                table.set((long) p * lanes, ownMade, 0, width);
            }
        }
    }

    private void mapVariances(Nonlinearity op, long cell, long start, int width) {
        memory.read(cell, variances, tangents, width);
        for (int lane = 0; lane < width; lane++) {
            double input = variances[lane];
            variances[lane] = op.step().nngp(input);
            tangents[lane] = op.step().ntk(input, tangents[lane]);
        }
        requireRange(start, variances, tangents, width);
        for (int lane = 0; lane < width; lane++) {
            nngp[lane] = op.map().variance(variances[lane]);
            ntk[lane] = tangents[lane] * op.map().varianceDerivative(variances[lane]);
        }
        requireRange(start, nngp, ntk, width);
        memory.write(cell, nngp, ntk, width);
    }

    private void requireRange(long start, double[] values, double[] derivatives, int width) {
        for (int lane = 0; lane < width; lane++) {
            range.require("variance", start + lane, values[lane]);
            range.require("NTK", start + lane, derivatives[lane]);
        }
    }

    private void mapCovariances(Nonlinearity op, Step step, long target, int width) {
        SelfMapLoop loop = loops[step.node()];
        FactorTable table = factors[step.node()];
        if (loop == null || table == null) {
            throw new IllegalStateException("Only equal positions were asked for");
        }
        Planes.Box box = schedule.planes(step.node()).box(step.plane());
        long second = (long) box.shift() * memory.layout().lanes();
        loop.applyToSelf(memory.cells(target, width, box), op.step(), table, 0, second);
    }
}
