package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;

/** The vector twins for f64. A map without a vector loop runs by its definition. */
final class DoubleLoops implements Loops {
    private static final VectorSpecies<Double> SPECIES = Species.DOUBLES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private final Loops scalar = new ScalarLoops(DType.F64);

    @Override
    public LaneLoops lanes() {
        return new DoubleLaneLoops();
    }

    @Override
    public MapLoop map(BivariateMap map) {
        return switch (map) {
            case AbReluMap relu -> new DoubleAbReluLoop(relu);
            case ErfMap erf -> new DoubleErfLoop(erf);
            default -> scalar.map(map);
        };
    }

    @Override
    public void affine(Run run, AffineStep step) {
        run.check(Double.BYTES, SPECIES.length());
        MemorySegment nngp = run.nngp;
        MemorySegment ntk = run.ntk;
        DoubleVector scale = DoubleVector.broadcast(SPECIES, step.scale());
        DoubleVector shift = DoubleVector.broadcast(SPECIES, step.shift());
        DoubleVector ntkScale = DoubleVector.broadcast(SPECIES, step.ntkScale());
        DoubleVector ntkGain = DoubleVector.broadcast(SPECIES, step.ntkGain());
        DoubleVector ntkShift = DoubleVector.broadcast(SPECIES, step.ntkShift());
        for (int i = 0; i < run.length; i += SPECIES.length()) {
            long at = (run.offset + i) * Double.BYTES;
            DoubleVector q = DoubleVector.fromMemorySegment(SPECIES, nngp, at, ORDER);
            if (ntk != null) {
                DoubleVector.fromMemorySegment(SPECIES, ntk, at, ORDER)
                        .fma(ntkScale, q.fma(ntkGain, ntkShift))
                        .intoMemorySegment(ntk, at, ORDER);
            }
            q.fma(scale, shift).intoMemorySegment(nngp, at, ORDER);
        }
    }

    @Override
    public double squaredNorm(MemorySegment source, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.byteSize() / Double.BYTES);
        DoubleVector sum = DoubleVector.zero(SPECIES);
        for (int i = 0; i < length; i += SPECIES.length()) {
            VectorMask<Double> lanes = SPECIES.indexInRange(i, length);
            long at = (offset + i) * Double.BYTES;
            DoubleVector x = DoubleVector.fromMemorySegment(SPECIES, source, at, ORDER, lanes);
            sum = x.fma(x, sum);
        }
        return sumOfLanes(sum);
    }

    /** In order: {@code reduceLanes} may add in another order once it has been compiled. */
    static double sumOfLanes(DoubleVector vector) {
        double sum = 0;
        for (double lane : vector.toArray()) {
            sum += lane;
        }
        return sum;
    }
}
