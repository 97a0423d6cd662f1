package dev.jtangents.simd;

import dev.jtangents.maps.GeluMap;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link GeluMap} in f32, in the terms of {@link GeluLoop}. The NTK takes a pass of its own, which
 * is all that the compiler inlines into a method.
 */
final class FloatGeluLoop extends GeluLoop {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1);
    private static final FloatVector TWO = FloatVector.broadcast(SPECIES, 2);
    private static final FloatVector RIGHT_ANGLE =
            FloatVector.broadcast(SPECIES, (float) (Math.PI / 2));
    private static final double PER_TURN = 0.5 / Math.PI;

    @Override
    public void apply(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        run.check(Float.BYTES, SPECIES.length());
        if (run.ntk != null) {
            ntk(run, run.ntk, step, rows, row, columns, column);
        }
        nngp(run, step, rows, row, columns, column);
    }

    /** Θ' ((s / r) (e2 (e1 / m + 1) + e1) + β) / 2π. */
    private void ntk(
            Run run,
            MemorySegment ntk,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        MemorySegment nngp = run.nngp;
        MemorySegment factors = columns.segment();
        FloatVector ntkScale = broadcast(step.ntkScale() * PER_TURN);
        FloatVector ntkGain = broadcast(step.ntkGain() * PER_TURN);
        FloatVector ntkShift = broadcast(step.ntkShift() * PER_TURN);
        int bytes = run.length * Float.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long firstRow = row + run.entries[cell] * rows.entryStep();
            long firstColumn = column + run.entries[cell] * columns.entryStep();
            long roots = columns.index(0, firstColumn, run.length) * Float.BYTES;
            long squares = columns.index(1, firstColumn, run.length) * Float.BYTES;
            long start = run.start(cell) * Float.BYTES;
            double root = rows.get(0, firstRow);
            FloatVector scale = broadcast(root * step.scale());
            FloatVector shift = broadcast(root * step.shift());
            FloatVector e1 = broadcast(rows.get(1, firstRow));
            FloatVector rest = ONE.sub(e1);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                FloatVector s =
                        q.fma(scale, shift)
                                .mul(
                                        FloatVector.fromMemorySegment(
                                                SPECIES, factors, roots + i, ORDER));
                FloatVector e2 =
                        FloatVector.fromMemorySegment(SPECIES, factors, squares + i, ORDER);
                FloatVector m = s.neg().fma(s, ONE).max(e2.fma(rest, e1));
                FloatVector r = m.sqrt();
                FloatVector bracket = e2.fma(e1.div(m).add(ONE), e1);
                FloatVector tangent = s.div(r.add(ONE));
                FloatVector square = tangent.mul(tangent);
                FloatVector a =
                        FloatVector.broadcast(
                                SPECIES, FloatArcTangent.A[FloatArcTangent.A.length - 1]);
                for (int k = FloatArcTangent.A.length - 2; k >= 0; k--) {
                    a = square.fma(a, FloatVector.broadcast(SPECIES, FloatArcTangent.A[k]));
                }
                FloatVector beta = tangent.mul(a).fma(TWO, RIGHT_ANGLE);
                FloatVector slope = s.div(r).fma(bracket, beta);
                FloatVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
                        .fma(ntkScale, q.fma(ntkGain, ntkShift))
                        .mul(slope)
                        .intoMemorySegment(ntk, start + i, ORDER);
            }
        }
    }

    /** (s² f1 f2 / r + h1 h2 r + q β) / 2π. */
    private void nngp(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        MemorySegment nngp = run.nngp;
        MemorySegment factors = columns.segment();
        FloatVector scale = broadcast(step.scale());
        FloatVector shift = broadcast(step.shift());
        FloatVector turn = broadcast(PER_TURN);
        int bytes = run.length * Float.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long firstRow = row + run.entries[cell] * rows.entryStep();
            long firstColumn = column + run.entries[cell] * columns.entryStep();
            long roots = columns.index(0, firstColumn, run.length) * Float.BYTES;
            long squares = columns.index(1, firstColumn, run.length) * Float.BYTES;
            long heights = columns.index(2, firstColumn, run.length) * Float.BYTES;
            long start = run.start(cell) * Float.BYTES;
            FloatVector root = broadcast(rows.get(0, firstRow));
            FloatVector e1 = broadcast(rows.get(1, firstRow));
            FloatVector rest = ONE.sub(e1);
            FloatVector height = broadcast(rows.get(2, firstRow));
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                FloatVector q =
                        FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER)
                                .fma(scale, shift);
                FloatVector bothRoots =
                        FloatVector.fromMemorySegment(SPECIES, factors, roots + i, ORDER).mul(root);
                FloatVector s = q.mul(bothRoots);
                FloatVector m =
                        s.neg()
                                .fma(s, ONE)
                                .max(
                                        FloatVector.fromMemorySegment(
                                                        SPECIES, factors, squares + i, ORDER)
                                                .fma(rest, e1));
                FloatVector r = m.sqrt();
                FloatVector bend = s.mul(s).mul(bothRoots).div(r);
                FloatVector line =
                        FloatVector.fromMemorySegment(SPECIES, factors, heights + i, ORDER)
                                .mul(height)
                                .fma(r, bend);
                // With the tangent of half the arc, β = π/2 + asin(s).
                FloatVector tangent = s.div(r.add(ONE));
                FloatVector square = tangent.mul(tangent);
                FloatVector a =
                        FloatVector.broadcast(
                                SPECIES, FloatArcTangent.A[FloatArcTangent.A.length - 1]);
                for (int k = FloatArcTangent.A.length - 2; k >= 0; k--) {
                    a = square.fma(a, FloatVector.broadcast(SPECIES, FloatArcTangent.A[k]));
                }
                FloatVector beta = tangent.mul(a).fma(TWO, RIGHT_ANGLE);
                q.fma(beta, line).mul(turn).intoMemorySegment(nngp, start + i, ORDER);
            }
        }
    }

    private static FloatVector broadcast(double value) {
        return FloatVector.broadcast(SPECIES, (float) value);
    }
}
