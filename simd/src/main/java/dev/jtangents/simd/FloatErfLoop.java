package dev.jtangents.simd;

import dev.jtangents.maps.ErfMap;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link ErfMap} in f32, with m = 1 - c²: asin(c) = 2 atan(t) for t = c / (1 + sqrt(m)), which
 * keeps its digits at both ends without a case apart.
 */
final class FloatErfLoop extends ErfLoop {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final FloatVector ONE = FloatVector.broadcast(SPECIES, (float) 1);

    FloatErfLoop(ErfMap map) {
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
        run.check(Float.BYTES, SPECIES.length());
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
            long first = columns.index(0, firstColumn, run.length) * Float.BYTES;
            long second = columns.index(1, firstColumn, run.length) * Float.BYTES;
            long start = run.start(cell) * Float.BYTES;
            int bytes = run.length * Float.BYTES;
            double sine = rows.get(0, firstRow);
            FloatVector scale = FloatVector.broadcast(SPECIES, (float) (sine * step.scale()));
            FloatVector shift = FloatVector.broadcast(SPECIES, (float) (sine * step.shift()));
            FloatVector slope =
                    FloatVector.broadcast(
                            SPECIES, (float) (sine * map.a() * map.a() * 2 / Math.PI));
            FloatVector ntkScale = FloatVector.broadcast(SPECIES, (float) step.ntkScale());
            FloatVector ntkGain = FloatVector.broadcast(SPECIES, (float) step.ntkGain());
            FloatVector ntkShift = FloatVector.broadcast(SPECIES, (float) step.ntkShift());
            FloatVector least = FloatVector.broadcast(SPECIES, (float) rows.get(1, firstRow));
            FloatVector rest = ONE.sub(least);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                FloatVector theta =
                        FloatVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
                                .fma(ntkScale, q.fma(ntkGain, ntkShift));
                FloatVector sines =
                        FloatVector.fromMemorySegment(SPECIES, factors, first + i, ORDER);
                FloatVector c = q.fma(scale, shift).mul(sines);
                FloatVector bound =
                        FloatVector.fromMemorySegment(SPECIES, factors, second + i, ORDER)
                                .fma(rest, least);
                FloatVector m = c.neg().fma(c, ONE).max(bound);
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
            long first = columns.index(0, firstColumn, run.length) * Float.BYTES;
            long second = columns.index(1, firstColumn, run.length) * Float.BYTES;
            long start = run.start(cell) * Float.BYTES;
            int bytes = run.length * Float.BYTES;
            double sine = rows.get(0, firstRow);
            FloatVector scale = FloatVector.broadcast(SPECIES, (float) (sine * step.scale()));
            FloatVector shift = FloatVector.broadcast(SPECIES, (float) (sine * step.shift()));
            FloatVector outer =
                    FloatVector.broadcast(SPECIES, (float) (map.a() * map.a() * 4 / Math.PI));
            FloatVector constant = FloatVector.broadcast(SPECIES, (float) (map.c() * map.c()));
            FloatVector least = FloatVector.broadcast(SPECIES, (float) rows.get(1, firstRow));
            FloatVector rest = ONE.sub(least);
            for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
                FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
                FloatVector c =
                        q.fma(scale, shift)
                                .mul(
                                        FloatVector.fromMemorySegment(
                                                SPECIES, factors, first + i, ORDER));
                FloatVector bound =
                        FloatVector.fromMemorySegment(SPECIES, factors, second + i, ORDER)
                                .fma(rest, least);
                FloatVector m = c.neg().fma(c, ONE).max(bound);
                FloatVector tangent = c.div(m.sqrt().add(ONE));
                FloatVector square = tangent.mul(tangent);
                FloatVector a =
                        FloatVector.broadcast(
                                SPECIES, FloatArcTangent.A[FloatArcTangent.A.length - 1]);
                for (int k = FloatArcTangent.A.length - 2; k >= 0; k--) {
                    a = square.fma(a, FloatVector.broadcast(SPECIES, FloatArcTangent.A[k]));
                }
                FloatVector half = tangent.mul(a);
                half.fma(outer, constant).intoMemorySegment(nngp, start + i, ORDER);
            }
        }
    }
}
