package dev.jtangents.io;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the elements of an array, one after another, from a stream into memory. */
final class StoredElements {
    private static final int CHUNK_BYTES = 1 << 16;

    /**
     * The most bytes that deflate can make of one: a match of 258 bytes takes two bits at least.
     */
    private static final long DEFLATE_RATIO = 1032;

    private StoredElements() {}

    /**
     * The most bytes that this many deflated bytes can inflate to. A header that claims more lies,
     * which is worth knowing before memory is allocated for it.
     */
    static long inflatedLimit(long deflated) {
        return deflated > Long.MAX_VALUE / DEFLATE_RATIO
                ? Long.MAX_VALUE
                : deflated * DEFLATE_RATIO;
    }

    /**
     * A row-major tensor that owns its memory, filled from the stream; the caller closes it.
     *
     * @throws InputException when memory is refused or the stream ends too early
     */
    static Tensor read(
            String source,
            InputStream stream,
            ElementType type,
            ByteOrder order,
            Shape shape,
            DType dtype)
            throws IOException {
        Tensor tensor = Failures.naming(source, () -> Tensor.allocate(dtype, shape));
        try {
            fill(source, stream, type, order, tensor);
            return tensor;
        } catch (IOException | RuntimeException | Error failure) {
            tensor.close();
            throw failure;
        }
    }

    private static void fill(
            String source, InputStream stream, ElementType type, ByteOrder order, Tensor target)
            throws IOException {
        boolean verbatim = type.isStoredAs(target.dtype()) && order == ByteOrder.nativeOrder();
        long size = target.size();
        int perChunk = (int) Math.min(size, CHUNK_BYTES / type.bytes());
        byte[] chunk = new byte[perChunk * type.bytes()];
        ByteBuffer buffer = ByteBuffer.wrap(chunk).order(order);
        for (long done = 0; done < size; done += perChunk) {
            int count = (int) Math.min(size - done, perChunk);
            int wanted = count * type.bytes();
            int found = stream.readNBytes(chunk, 0, wanted);
            if (found < wanted) {
                throw Failures.unusable(
                        source,
                        "ends after "
                                + (done * type.bytes() + found)
                                + " bytes of data; shape "
                                + target.shape()
                                + " needs "
                                + size * type.bytes()
                                + ". The file is truncated; fetch or write it again.");
            }
            if (verbatim) {
                MemorySegment.copy(
                        chunk,
                        0,
                        target.segment(),
                        ValueLayout.JAVA_BYTE,
                        done * type.bytes(),
                        wanted);
            } else {
                convert(buffer, type, count, target, done);
            }
        }
    }

    private static void convert(
            ByteBuffer buffer, ElementType type, int count, Tensor target, long from) {
        MemorySegment segment = target.segment();
        switch (target.dtype()) {
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    float value = (float) type.read(buffer, i * type.bytes());
                    segment.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, from + i, value);
                }
            }
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    double value = type.read(buffer, i * type.bytes());
                    segment.setAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, from + i, value);
                }
            }
        }
    }
}
