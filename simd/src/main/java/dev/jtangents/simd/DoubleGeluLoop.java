package dev.jtangents.simd;

import dev.jtangents.maps.GeluMap;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link GeluMap} in f64, in the terms of {@link GeluLoop}. The NTK takes a pass of its own, which
 * is all that the compiler inlines into a method.
 */
final class DoubleGeluLoop extends GeluLoop {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final DoubleVector ONE = DoubleVector.broadcast(SPECIES, 1);
    private static final DoubleVector TWO = DoubleVector.broadcast(SPECIES, 2);
    private static final DoubleVector RIGHT_ANGLE = DoubleVector.broadcast(SPECIES, (Math.PI / 2));
    private static final double PER_TURN = 0.5 / Math.PI;

    @Override
    public void apply(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        run.check(Double.BYTES, SPECIES.length());
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
        DoubleVector ntkScale = broadcast(step.ntkScale() * PER_TURN);
        DoubleVector ntkGain = broadcast(step.ntkGain() * PER_TURN);
        DoubleVector ntkShift = broadcast(step.ntkShift() * PER_TURN);
        int bytes = run.length * Double.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long firstRow = row + run.entries[cell] * rows.entryStep();
            long firstColumn = column + run.entries[cell] * columns.entryStep();
            long roots = columns.index(0, firstColumn, run.length) * Double.BYTES;
            long squares = columns.index(1, firstColumn, run.length) * Double.BYTES;
            long start = run.start(cell) * Double.BYTES;
            double root = rows.get(0, firstRow);
            DoubleVector scale = broadcast(root * step.scale());
            DoubleVector shift = broadcast(root * step.shift());
            DoubleVector e1 = broadcast(rows.get(1, firstRow));
            DoubleVector rest = ONE.sub(e1);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                DoubleVector q = DoubleVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                DoubleVector s =
                        q.fma(scale, shift)
                                .mul(
                                        DoubleVector.fromMemorySegment(
                                                SPECIES, factors, roots + i, ORDER));
                DoubleVector e2 =
                        DoubleVector.fromMemorySegment(SPECIES, factors, squares + i, ORDER);
                DoubleVector m = s.neg().fma(s, ONE).max(e2.fma(rest, e1));
                DoubleVector r = m.sqrt();
                DoubleVector bracket = e2.fma(e1.div(m).add(ONE), e1);
                DoubleVector tangent = s.div(r.add(ONE));
                DoubleVector square = tangent.mul(tangent);
                DoubleVector a =
                        DoubleVector.broadcast(
                                SPECIES, DoubleArcTangent.A[DoubleArcTangent.A.length - 1]);
                for (int k = DoubleArcTangent.A.length - 2; k >= 0; k--) {
                    a = square.fma(a, DoubleVector.broadcast(SPECIES, DoubleArcTangent.A[k]));
                }
                DoubleVector beta = tangent.mul(a).fma(TWO, RIGHT_ANGLE);
                DoubleVector slope = s.div(r).fma(bracket, beta);
                DoubleVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
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
        DoubleVector scale = broadcast(step.scale());
        DoubleVector shift = broadcast(step.shift());
        DoubleVector turn = broadcast(PER_TURN);
        int bytes = run.length * Double.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long firstRow = row + run.entries[cell] * rows.entryStep();
            long firstColumn = column + run.entries[cell] * columns.entryStep();
            long roots = columns.index(0, firstColumn, run.length) * Double.BYTES;
            long squares = columns.index(1, firstColumn, run.length) * Double.BYTES;
            long heights = columns.index(2, firstColumn, run.length) * Double.BYTES;
            long start = run.start(cell) * Double.BYTES;
            DoubleVector root = broadcast(rows.get(0, firstRow));
            DoubleVector e1 = broadcast(rows.get(1, firstRow));
            DoubleVector rest = ONE.sub(e1);
            DoubleVector height = broadcast(rows.get(2, firstRow));
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                DoubleVector q =
                        DoubleVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER)
                                .fma(scale, shift);
                DoubleVector bothRoots =
                        DoubleVector.fromMemorySegment(SPECIES, factors, roots + i, ORDER)
                                .mul(root);
                DoubleVector s = q.mul(bothRoots);
                DoubleVector m =
                        s.neg()
                                .fma(s, ONE)
                                .max(
                                        DoubleVector.fromMemorySegment(
                                                        SPECIES, factors, squares + i, ORDER)
                                                .fma(rest, e1));
                DoubleVector r = m.sqrt();
                DoubleVector bend = s.mul(s).mul(bothRoots).div(r);
                DoubleVector line =
                        DoubleVector.fromMemorySegment(SPECIES, factors, heights + i, ORDER)
                                .mul(height)
                                .fma(r, bend);
                // With the tangent of half the arc, β = π/2 + asin(s).
                DoubleVector tangent = s.div(r.add(ONE));
                DoubleVector square = tangent.mul(tangent);
                DoubleVector a =
                        DoubleVector.broadcast(
                                SPECIES, DoubleArcTangent.A[DoubleArcTangent.A.length - 1]);
                for (int k = DoubleArcTangent.A.length - 2; k >= 0; k--) {
                    a = square.fma(a, DoubleVector.broadcast(SPECIES, DoubleArcTangent.A[k]));
                }
                DoubleVector beta = tangent.mul(a).fma(TWO, RIGHT_ANGLE);
                q.fma(beta, line).mul(turn).intoMemorySegment(nngp, start + i, ORDER);
            }
        }
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
