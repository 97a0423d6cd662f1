package dev.jtangents.simd;

import dev.jtangents.maps.ErfMap;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link ErfMap} in f64, with m = 1 - c²: asin(c) = 2 atan(t) for t = c / (1 + sqrt(m)), which
 * keeps its digits at both ends without a case apart.
 */
final class DoubleErfLoop extends ErfLoop {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final DoubleVector ONE = DoubleVector.broadcast(SPECIES, 1);

    DoubleErfLoop(ErfMap map) {
        super(map);
    }

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

    /** Θ' a² b² (4/π) / Δ, where 1 / Δ = f1 f2 / (2 b² sqrt(m)). */
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
        for (int cell = 0; cell < run.cells; cell++) {
            long firstRow = row + run.entries[cell] * rows.entryStep();
            long firstColumn = column + run.entries[cell] * columns.entryStep();
            long first = columns.index(0, firstColumn, run.length) * Double.BYTES;
            long second = columns.index(1, firstColumn, run.length) * Double.BYTES;
            long start = run.start(cell) * Double.BYTES;
            int bytes = run.length * Double.BYTES;
            double sine = rows.get(0, firstRow);
            DoubleVector scale = DoubleVector.broadcast(SPECIES, (sine * step.scale()));
            DoubleVector shift = DoubleVector.broadcast(SPECIES, (sine * step.shift()));
            DoubleVector slope =
                    DoubleVector.broadcast(SPECIES, (sine * map.a() * map.a() * 2 / Math.PI));
            DoubleVector ntkScale = DoubleVector.broadcast(SPECIES, step.ntkScale());
            DoubleVector ntkGain = DoubleVector.broadcast(SPECIES, step.ntkGain());
            DoubleVector ntkShift = DoubleVector.broadcast(SPECIES, step.ntkShift());
            DoubleVector least = DoubleVector.broadcast(SPECIES, rows.get(1, firstRow));
            DoubleVector rest = ONE.sub(least);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                DoubleVector q = DoubleVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                DoubleVector theta =
                        DoubleVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
                                .fma(ntkScale, q.fma(ntkGain, ntkShift));
                DoubleVector sines =
                        DoubleVector.fromMemorySegment(SPECIES, factors, first + i, ORDER);
                DoubleVector c = q.fma(scale, shift).mul(sines);
                DoubleVector bound =
                        DoubleVector.fromMemorySegment(SPECIES, factors, second + i, ORDER)
                                .fma(rest, least);
                DoubleVector m = c.neg().fma(c, ONE).max(bound);
                theta.mul(sines.mul(slope)).div(m.sqrt()).intoMemorySegment(ntk, start + i, ORDER);
            }
        }
    }

    /** a² (2/π) asin(c) + shift². */
    private void nngp(
            Run run,
            AffineStep step,
            FactorTable rows,
            long row,
            FactorTable columns,
            long column) {
        MemorySegment nngp = run.nngp;
        MemorySegment factors = columns.segment();
        for (int cell = 0; cell < run.cells; cell++) {
            long firstRow = row + run.entries[cell] * rows.entryStep();
            long firstColumn = column + run.entries[cell] * columns.entryStep();
            long first = columns.index(0, firstColumn, run.length) * Double.BYTES;
            long second = columns.index(1, firstColumn, run.length) * Double.BYTES;
            long start = run.start(cell) * Double.BYTES;
            int bytes = run.length * Double.BYTES;
            double sine = rows.get(0, firstRow);
            DoubleVector scale = DoubleVector.broadcast(SPECIES, (sine * step.scale()));
            DoubleVector shift = DoubleVector.broadcast(SPECIES, (sine * step.shift()));
            DoubleVector outer = DoubleVector.broadcast(SPECIES, (map.a() * map.a() * 4 / Math.PI));
            DoubleVector constant = DoubleVector.broadcast(SPECIES, (map.c() * map.c()));
            DoubleVector least = DoubleVector.broadcast(SPECIES, rows.get(1, firstRow));
            DoubleVector rest = ONE.sub(least);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                DoubleVector q = DoubleVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                DoubleVector c =
                        q.fma(scale, shift)
                                .mul(
                                        DoubleVector.fromMemorySegment(
                                                SPECIES, factors, first + i, ORDER));
                DoubleVector bound =
                        DoubleVector.fromMemorySegment(SPECIES, factors, second + i, ORDER)
                                .fma(rest, least);
                DoubleVector m = c.neg().fma(c, ONE).max(bound);
                DoubleVector tangent = c.div(m.sqrt().add(ONE));
                DoubleVector square = tangent.mul(tangent);
                DoubleVector a =
                        DoubleVector.broadcast(
                                SPECIES, DoubleArcTangent.A[DoubleArcTangent.A.length - 1]);
                for (int k = DoubleArcTangent.A.length - 2; k >= 0; k--) {
                    a = square.fma(a, DoubleVector.broadcast(SPECIES, DoubleArcTangent.A[k]));
                }
                DoubleVector half = tangent.mul(a);
                half.fma(outer, constant).intoMemorySegment(nngp, start + i, ORDER);
            }
        }
    }
}
