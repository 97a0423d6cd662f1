package dev.jtangents.simd;

import dev.jtangents.maps.AngularMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** {@link AngularMap} in f32: a pass that makes covariances angles, and one for each kernel. */
final class FloatAngularLoop extends AngularLoop {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final FloatVector MINUS_ONE = FloatVector.broadcast(SPECIES, (float) -1);
    private static final FloatVector HALF = FloatVector.broadcast(SPECIES, (float) 0.5);

    private final float[] nngpTerms;
    private final float[] ntkTerms;

    FloatAngularLoop(AngularMap map) {
        super(map, DType.F32);
        nngpTerms = FloatLoops.rounded(map.nngp().coefficients());
        ntkTerms = FloatLoops.rounded(map.ntk().coefficients());
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
        MemorySegment factors = columns.segment();
        int bytes = run.length * Float.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long left = row + run.entries[cell] * rows.entryStep();
            long right = column + run.entries[cell] * columns.entryStep();
            long norms = columns.index(0, right, run.length) * Float.BYTES;
            long inverses = columns.index(1, right, run.length) * Float.BYTES;
            long start = run.start(cell) * Float.BYTES;
            double norm = rows.get(0, left);
            if (run.ntk != null) {
                before(run.nngp, run.ntk, start, bytes, step, norm, factors, norms);
            }
            angles(run.nngp, start, bytes, step, rows.get(1, left), factors, inverses);
            if (run.ntk != null) {
                multiply(run.nngp, ntkTerms, run.ntk, start, 1, run.ntk, start, bytes);
            }
            multiply(run.nngp, nngpTerms, factors, norms, norm, run.nngp, start, bytes);
        }
    }

    /** Θ after the step, times both norms. */
    private static void before(
            MemorySegment nngp,
            MemorySegment ntk,
            long start,
            int bytes,
            AffineStep step,
            double norm,
            MemorySegment factors,
            long norms) {
        FloatVector scale = broadcast(step.ntkScale() * norm);
        FloatVector gain = broadcast(step.ntkGain() * norm);
        FloatVector shift = broadcast(step.ntkShift() * norm);
        for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
            FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
            FloatVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
                    .fma(scale, q.fma(gain, shift))
                    .mul(FloatVector.fromMemorySegment(SPECIES, factors, norms + i, ORDER))
                    .intoMemorySegment(ntk, start + i, ORDER);
        }
    }

    /**
     * In place of each covariance the variable x of its correlation. Where rounding has let that
     * leave [-1, 1], the absolute value replaces one error of that size by another.
     */
    private static void angles(
            MemorySegment nngp,
            long start,
            int bytes,
            AffineStep step,
            double inverse,
            MemorySegment factors,
            long inverses) {
        FloatVector scale = broadcast(step.scale() * inverse / 2);
        FloatVector shift = broadcast(step.shift() * inverse / 2);
        for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
            FloatVector half =
                    FloatVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER)
                            .fma(scale, shift)
                            .mul(
                                    FloatVector.fromMemorySegment(
                                            SPECIES, factors, inverses + i, ORDER));
            HALF.sub(half)
                    .abs()
                    .sqrt()
                    .sub(HALF.add(half).abs().sqrt())
                    .intoMemorySegment(nngp, start + i, ORDER);
        }
    }

    /**
     * The polynomial of x, four chains of multiplications side by side, times a factor and factors.
     *
     * @param at where the factors start; the target starts where x does
     */
    private static void multiply(
            MemorySegment xs,
            float[] terms,
            MemorySegment factors,
            long at,
            double factor,
            MemorySegment target,
            long start,
            int bytes) {
        FloatVector common = broadcast(factor);
        for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
            FloatVector x = FloatVector.fromMemorySegment(SPECIES, xs, start + i, ORDER);
            FloatVector scale =
                    FloatVector.fromMemorySegment(SPECIES, factors, at + i, ORDER).mul(common);
            FloatVector w = x.add(x).fma(x, MINUS_ONE);
            FloatVector y = w.add(w).fma(w, MINUS_ONE);
            FloatVector a = FloatVector.broadcast(SPECIES, terms[0]);
            FloatVector b = FloatVector.broadcast(SPECIES, terms[1]);
            FloatVector c = FloatVector.broadcast(SPECIES, terms[2]);
            FloatVector d = FloatVector.broadcast(SPECIES, terms[3]);
            for (int k = 4; k < terms.length; k += 4) {
                a = a.fma(y, FloatVector.broadcast(SPECIES, terms[k]));
                b = b.fma(y, FloatVector.broadcast(SPECIES, terms[k + 1]));
                c = c.fma(y, FloatVector.broadcast(SPECIES, terms[k + 2]));
                d = d.fma(y, FloatVector.broadcast(SPECIES, terms[k + 3]));
            }
            scale.mul(d.fma(w, c).fma(x, b.fma(w, a))).intoMemorySegment(target, start + i, ORDER);
        }
    }

    private static FloatVector broadcast(double value) {
        return FloatVector.broadcast(SPECIES, (float) value);
    }
}
