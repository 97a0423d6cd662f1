package dev.jtangents.simd;

import dev.jtangents.maps.BivariateMap;
import dev.jtangents.tensor.DType;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** The scalar twins: each entry by the definition of its map, in f64 whatever the dtype. */
final class ScalarLoops implements Loops {
    private final DType dtype;

    ScalarLoops(DType dtype) {
        this.dtype = dtype;
    }

    private double read(MemorySegment segment, long index) {
        return dtype.read(segment, index);
    }

    private void write(MemorySegment segment, long index, double value) {
        dtype.write(segment, index, value);
    }

    @Override
    public void affine(Run run, AffineStep step) {
        run.check(dtype.bytes(), 1);
        for (long i = run.offset; i < run.offset + run.length; i++) {
            double nngp = read(run.nngp, i);
            if (run.ntk != null) {
                write(run.ntk, i, step.ntk(nngp, read(run.ntk, i)));
            }
            write(run.nngp, i, step.nngp(nngp));
        }
    }

    @Override
    public LaneLoops lanes() {
        return new ScalarLaneLoops(dtype);
    }

    @Override
    public Transposition transposition(Arena arena) {
        return new ScalarTransposition(dtype);
    }

    @Override
    public MapLoop map(BivariateMap map, boolean nonNegative, boolean withNtk) {
        return selfMap(map);
    }

    @Override
    public SelfMapLoop selfMap(BivariateMap map) {
        return new DefinitionLoop(map);
    }

    @Override
    public double innerProduct(
            MemorySegment left, long from, MemorySegment right, long at, int length) {
        Objects.checkFromIndexSize(from, length, left.byteSize() / dtype.bytes());
        Objects.checkFromIndexSize(at, length, right.byteSize() / dtype.bytes());
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += read(left, from + i) * read(right, at + i);
        }
        return sum;
    }

    @Override
    public void addScaled(
            MemorySegment target,
            long at,
            MemorySegment source,
            long from,
            double factor,
            long length) {
        Objects.checkFromIndexSize(at, length, target.byteSize() / dtype.bytes());
        Objects.checkFromIndexSize(from, length, source.byteSize() / dtype.bytes());
        for (long i = 0; i < length; i++) {
            write(target, at + i, read(target, at + i) + factor * read(source, from + i));
        }
    }

    @Override
    public void addProducts(
            MemorySegment target,
            long at,
            MemorySegment left,
            long leftFrom,
            MemorySegment right,
            long rightFrom,
            long length) {
        Objects.checkFromIndexSize(at, length, target.byteSize() / dtype.bytes());
        Objects.checkFromIndexSize(leftFrom, length, left.byteSize() / dtype.bytes());
        Objects.checkFromIndexSize(rightFrom, length, right.byteSize() / dtype.bytes());
        for (long i = 0; i < length; i++) {
            double product = read(left, leftFrom + i) * read(right, rightFrom + i);
            write(target, at + i, read(target, at + i) + product);
        }
    }

    @Override
    public int above(
            MemorySegment values,
            long offset,
            double factor,
            MemorySegment factors,
            long at,
            int length,
            int[] found) {
        int count = 0;
        for (int i = 0; i < length; i++) {
            if (Math.abs(read(values, offset + i)) > factor * read(factors, at + i)) {
                found[count++] = i;
            }
        }
        return count;
    }

    /** Applies the definition itself; its one factor per example is the variance. */
    private final class DefinitionLoop implements SelfMapLoop {
        private final BivariateMap map;

        DefinitionLoop(BivariateMap map) {
            this.map = map;
        }

        @Override
        public boolean isScalar() {
            return true;
        }

        @Override
        public int factors() {
            return 1;
        }

        @Override
        public void prepare(double variance, double[] factors) {
            factors[0] = variance;
        }

        @Override
        public void apply(
                Run run,
                AffineStep step,
                FactorTable rows,
                long row,
                FactorTable columns,
                long column) {
            run.check(dtype.bytes(), 1);
            for (int cell = 0; cell < run.cells; cell++) {
                long first = row + run.entries[cell] * rows.entryStep();
                long second = column + run.entries[cell] * columns.entryStep();
                for (int i = 0; i < run.length; i++) {
                    long at = run.start(cell) + i;
                    apply(run, at, step, rows.get(0, first), columns.get(0, second + i));
                }
            }
        }

        @Override
        public void applyToSelf(
                Run run, AffineStep step, FactorTable factors, long first, long second) {
            run.check(dtype.bytes(), 1);
            for (int cell = 0; cell < run.cells; cell++) {
                long entry = run.entries[cell] * factors.entryStep();
                for (int i = 0; i < run.length; i++) {
                    double q11 = factors.get(0, first + entry + i);
                    double q22 = factors.get(0, second + entry + i);
                    apply(run, run.start(cell) + i, step, q11, q22);
                }
            }
        }

        private void apply(Run run, long at, AffineStep step, double q11, double q22) {
            double input = read(run.nngp, at);
            double q12 = step.nngp(input);
            if (run.ntk != null) {
                double ntk = step.ntk(input, read(run.ntk, at));
                write(run.ntk, at, ntk * map.derivative(q12, q11, q22));
            }
            write(run.nngp, at, map.nngp(q12, q11, q22));
        }
    }
}
