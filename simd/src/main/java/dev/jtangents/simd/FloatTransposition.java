package dev.jtangents.simd;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Squares of f32 of as many rows as a vector has lanes. Zipping row k with row k + half, for all of
 * the first half, into rows 2k and 2k + 1 moves each bit of a row's number one place up and its
 * highest one into the lane; after as many rounds as the number has bits the square is transposed.
 */
final class FloatTransposition implements Transposition {
    private static final VectorSpecies<Float> SPECIES = Species.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(SPECIES, 0);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(SPECIES, 1);
    private static final int SIDE = SPECIES.length();
    private static final int ROUNDS = Integer.numberOfTrailingZeros(SIDE);

    private final MemorySegment even;
    private final MemorySegment odd;

    FloatTransposition(Arena arena) {
        even = Tensor.allocate(arena, DType.F32, Shape.of(SIDE, SIDE)).segment();
        odd = Tensor.allocate(arena, DType.F32, Shape.of(SIDE, SIDE)).segment();
    }

    @Override
    public int side() {
        return SIDE;
    }

    @Override
    public void square(
            MemorySegment source,
            long from,
            long sourceStride,
            MemorySegment target,
            long to,
            long targetStride) {
        Transposition.check(source, from, SIDE, sourceStride, Float.BYTES);
        Transposition.check(target, to, SIDE, targetStride, Float.BYTES);
        for (int round = 0; round < ROUNDS; round++) {
            boolean first = round == 0;
            boolean last = round == ROUNDS - 1;
            MemorySegment before = round % 2 == 0 ? even : odd;
            MemorySegment after = round % 2 == 0 ? odd : even;
            zip(
                    first ? source : before,
                    first ? from : 0,
                    first ? sourceStride : SIDE,
                    last ? target : after,
                    last ? to : 0,
                    last ? targetStride : SIDE);
        }
    }

    private static void zip(
            MemorySegment source,
            long from,
            long sourceStride,
            MemorySegment target,
            long to,
            long targetStride) {
        for (int k = 0; k < SIDE / 2; k++) {
            FloatVector upper =
                    FloatVector.fromMemorySegment(
                            SPECIES, source, (from + k * sourceStride) * Float.BYTES, ORDER);
            FloatVector lower =
                    FloatVector.fromMemorySegment(
                            SPECIES,
                            source,
                            (from + (k + SIDE / 2) * sourceStride) * Float.BYTES,
                            ORDER);
            long at = (to + 2 * k * targetStride) * Float.BYTES;
            upper.rearrange(LOW, lower).intoMemorySegment(target, at, ORDER);
            upper.rearrange(HIGH, lower)
                    .intoMemorySegment(target, at + targetStride * Float.BYTES, ORDER);
        }
    }
}
