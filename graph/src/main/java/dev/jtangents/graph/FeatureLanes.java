package dev.jtangents.graph;

import dev.jtangents.simd.Run;
import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A batch with examples side by side: (positions, features, examples and padding). */
final class FeatureLanes {
    private final MemorySegment values;
    private final long stride;
    private final int features;

    FeatureLanes(Arena arena, Batch batch) {
        DType dtype = batch.values().dtype();
        long examples = batch.examples();
        long rows = batch.positions() * batch.features();
        features = Math.toIntExact(batch.features());
        stride = stride(examples);
        values = Tensor.allocate(arena, dtype, Shape.of(rows, stride)).segment();
        Tensor target = Tensor.wrap(values, dtype, Shape.of(rows, stride));
        target.slice(1, 0, examples).assign(batch.values().reshape(examples, rows).transpose(1, 0));
    }

    private static long stride(long examples) {
        return examples + Run.PADDING;
    }

    /** Bytes that this takes. */
    static long bytes(long examples, long positions, long features, DType dtype) {
        return Math.multiplyExact(
                Math.multiplyExact(positions * features, stride(examples)), (long) dtype.bytes());
    }

    MemorySegment values() {
        return values;
    }

    /** Elements from one feature to the next. */
    long stride() {
        return stride;
    }

    /** Where the first feature of a position of an example is. */
    long index(int position, long example) {
        return (long) position * features * stride + example;
    }
}
