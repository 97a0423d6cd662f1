package dev.jtangents.simd;

import dev.jtangents.maps.AbReluMap;
import dev.jtangents.maps.BivariateMap;
import dev.jtangents.maps.ErfMap;
import dev.jtangents.tensor.DType;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;

/** The vector twins for f32. A map without a vector loop runs by its definition. */
final class FloatLoops implements Loops {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private final Loops scalar = new ScalarLoops(DType.F32);

    @Override
    public LaneLoops lanes() {
        return new FloatLaneLoops();
    }

    @Override
    public MapLoop map(BivariateMap map) {
        return switch (map) {
            case AbReluMap relu -> new FloatAbReluLoop(relu);
            case ErfMap erf -> new FloatErfLoop(erf);
            default -> scalar.map(map);
        };
    }

    @Override
    public void affine(Run run, AffineStep step) {
        run.check(Float.BYTES, SPECIES.length());
        MemorySegment nngp = run.nngp;
        MemorySegment ntk = run.ntk;
        FloatVector scale = FloatVector.broadcast(SPECIES, (float) step.scale());
        FloatVector shift = FloatVector.broadcast(SPECIES, (float) step.shift());
        FloatVector ntkScale = FloatVector.broadcast(SPECIES, (float) step.ntkScale());
        FloatVector ntkGain = FloatVector.broadcast(SPECIES, (float) step.ntkGain());
        FloatVector ntkShift = FloatVector.broadcast(SPECIES, (float) step.ntkShift());
        for (int i = 0; i < run.length; i += SPECIES.length()) {
            long at = (run.offset + i) * Float.BYTES;
            FloatVector q = FloatVector.fromMemorySegment(SPECIES, nngp, at, ORDER);
            if (ntk != null) {
                FloatVector.fromMemorySegment(SPECIES, ntk, at, ORDER)
                        .fma(ntkScale, q.fma(ntkGain, ntkShift))
                        .intoMemorySegment(ntk, at, ORDER);
            }
            q.fma(scale, shift).intoMemorySegment(nngp, at, ORDER);
        }
    }

    @Override
    public double squaredNorm(MemorySegment source, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.byteSize() / Float.BYTES);
        DoubleVector sum = DoubleVector.zero(Species.DOUBLES);
        for (int i = 0; i < length; i += SPECIES.length()) {
            VectorMask<Float> lanes = SPECIES.indexInRange(i, length);
            long at = (offset + i) * Float.BYTES;
            FloatVector x = FloatVector.fromMemorySegment(SPECIES, source, at, ORDER, lanes);
            for (int part = 0; part < 2; part++) {
                var half = (DoubleVector) x.convert(VectorOperators.F2D, part);
                sum = half.fma(half, sum);
            }
        }
        return DoubleLoops.sumOfLanes(sum);
    }
}
