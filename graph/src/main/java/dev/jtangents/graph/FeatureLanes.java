package dev.jtangents.graph;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A batch with examples side by side: (chunks, positions, features, examples of a chunk). Examples
 * of a chunk that the batch does not have are 0.
 */
final class FeatureLanes {
    private final MemorySegment values;
    private final int chunk;
    private final int features;
    private final long rows;

    /**
     * Copies a batch, into memory of the arena.
     *
     * @param chunk how many examples of one feature stand side by side, which is how pairs read
     *     them
     */
    FeatureLanes(Arena arena, Batch batch, int chunk) {
        this.chunk = chunk;
        features = Math.toIntExact(batch.features());
        rows = batch.positions() * batch.features();
        long examples = batch.examples();
        long chunks = Math.ceilDiv(examples, (long) chunk);
        Tensor target =
                Tensor.allocate(arena, batch.values().dtype(), Shape.of(chunks, rows, chunk));
        values = target.segment();
        Tensor flat = batch.values().reshape(1, examples, rows).transpose(0, 2, 1);
        for (long index = 0; index < chunks; index++) {
            long first = index * chunk;
            long end = Math.min(examples, first + chunk);
            target.slice(0, index, index + 1)
                    .slice(2, 0, end - first)
                    .assign(flat.slice(2, first, end));
        }
    }

    /** Bytes that this takes. */
    static long bytes(long examples, long positions, long features, int chunk, DType dtype) {
        long lanes = Math.multiplyExact(Math.ceilDiv(examples, (long) chunk), (long) chunk);
        return Math.multiplyExact(
                Math.multiplyExact(positions * features, lanes), (long) dtype.bytes());
    }

    MemorySegment values() {
        return values;
    }

    /** Elements from one feature to the next. */
    long stride() {
        return chunk;
    }

    /** Where the first feature of a position of an example is. */
    long index(int position, long example) {
        return (example / chunk * rows + (long) position * features) * chunk + example % chunk;
    }
}
