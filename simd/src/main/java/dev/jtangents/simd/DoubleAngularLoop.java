package dev.jtangents.simd;

import dev.jtangents.maps.AngularMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** {@link AngularMap} in f64: a pass that makes covariances angles, and one for each kernel. */
final class DoubleAngularLoop extends AngularLoop {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final DoubleVector MINUS_ONE = DoubleVector.broadcast(SPECIES, -1);
    private static final DoubleVector HALF = DoubleVector.broadcast(SPECIES, 0.5);

    private final double[] nngpTerms;
    private final double[] ntkTerms;

    DoubleAngularLoop(AngularMap map) {
        super(map, DType.F64);
        nngpTerms = map.nngp().coefficients();
        ntkTerms = map.ntk().coefficients();
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
        MemorySegment factors = columns.segment();
        int bytes = run.length * Double.BYTES;
        for (int cell = 0; cell < run.cells; cell++) {
            long left = row + run.entries[cell] * rows.entryStep();
            long right = column + run.entries[cell] * columns.entryStep();
            long norms = columns.index(0, right, run.length) * Double.BYTES;
            long inverses = columns.index(1, right, run.length) * Double.BYTES;
            long start = run.start(cell) * Double.BYTES;
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
        DoubleVector scale = broadcast(step.ntkScale() * norm);
        DoubleVector gain = broadcast(step.ntkGain() * norm);
        DoubleVector shift = broadcast(step.ntkShift() * norm);
        for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
            DoubleVector q = DoubleVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER);
            DoubleVector.fromMemorySegment(SPECIES, ntk, start + i, ORDER)
                    .fma(scale, q.fma(gain, shift))
                    .mul(DoubleVector.fromMemorySegment(SPECIES, factors, norms + i, ORDER))
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
        DoubleVector scale = broadcast(step.scale() * inverse / 2);
        DoubleVector shift = broadcast(step.shift() * inverse / 2);
        for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
            DoubleVector half =
                    DoubleVector.fromMemorySegment(SPECIES, nngp, start + i, ORDER)
                            .fma(scale, shift)
                            .mul(
                                    DoubleVector.fromMemorySegment(
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
            double[] terms,
            MemorySegment factors,
            long at,
            double factor,
            MemorySegment target,
            long start,
            int bytes) {
        DoubleVector common = broadcast(factor);
        for (int i = 0; i < bytes; i += SPECIES.vectorByteSize()) {
            DoubleVector x = DoubleVector.fromMemorySegment(SPECIES, xs, start + i, ORDER);
            DoubleVector scale =
                    DoubleVector.fromMemorySegment(SPECIES, factors, at + i, ORDER).mul(common);
            DoubleVector w = x.add(x).fma(x, MINUS_ONE);
            DoubleVector y = w.add(w).fma(w, MINUS_ONE);
            DoubleVector a = DoubleVector.broadcast(SPECIES, terms[0]);
            DoubleVector b = DoubleVector.broadcast(SPECIES, terms[1]);
            DoubleVector c = DoubleVector.broadcast(SPECIES, terms[2]);
            DoubleVector d = DoubleVector.broadcast(SPECIES, terms[3]);
            for (int k = 4; k < terms.length; k += 4) {
                a = a.fma(y, DoubleVector.broadcast(SPECIES, terms[k]));
                b = b.fma(y, DoubleVector.broadcast(SPECIES, terms[k + 1]));
                c = c.fma(y, DoubleVector.broadcast(SPECIES, terms[k + 2]));
                d = d.fma(y, DoubleVector.broadcast(SPECIES, terms[k + 3]));
            }
            scale.mul(d.fma(w, c).fma(x, b.fma(w, a))).intoMemorySegment(target, start + i, ORDER);
        }
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
