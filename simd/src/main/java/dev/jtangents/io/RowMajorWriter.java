package dev.jtangents.io;

import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes the elements of tensors to a channel in row-major order and the machine's byte order.
 * Contiguous runs go out as they lie; strided views pass through a buffer of fixed size.
 */
final class RowMajorWriter {
    /** Small enough that an interrupt is noticed soon, large enough that calls cost nothing. */
    private static final long RUN_BYTES = 1 << 24;

    private static final int BUFFER_BYTES = 1 << 20;

    private final WritableByteChannel channel;
    private final MemorySegment buffer = MemorySegment.ofArray(new byte[BUFFER_BYTES]);

    private RowMajorWriter(WritableByteChannel channel) {
        this.channel = channel;
    }

    /** Writes an .npy file: the header, then every element. */
    static void writeNpy(WritableByteChannel channel, Tensor tensor) throws IOException {
        writeFully(channel, ByteBuffer.wrap(NpyHeader.bytes(tensor.dtype(), tensor.shape())));
        writeElements(channel, tensor);
    }

    /** Writes every element. */
    static void writeElements(WritableByteChannel channel, Tensor tensor) throws IOException {
        if (tensor.size() > 0) {
            new RowMajorWriter(channel).write(tensor);
        }
    }

    /** Writes until the buffer is empty. */
    static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private void write(Tensor tensor) throws IOException {
        long bytes = tensor.size() * tensor.dtype().bytes();
        if (tensor.isContiguous()) {
            writeRun(tensor.segment().asSlice(0, bytes));
        } else if (bytes <= BUFFER_BYTES) {
            Tensor.wrap(buffer, tensor.dtype(), tensor.shape()).assign(tensor);
            writeRun(buffer.asSlice(0, bytes));
        } else {
            writeInParts(tensor, bytes);
        }
    }

    private void writeInParts(Tensor tensor, long bytes) throws IOException {
        Shape shape = tensor.shape();
        int axis = 0;
        while (shape.extent(axis) == 1) {
            axis++;
        }
        long extent = shape.extent(axis);
        long step = Math.max(1, BUFFER_BYTES / (bytes / extent));
        for (long from = 0; from < extent; from += step) {
            write(tensor.slice(axis, from, Math.min(extent, from + step)));
        }
    }

    private void writeRun(MemorySegment run) throws IOException {
        for (long from = 0; from < run.byteSize(); from += RUN_BYTES) {
            long length = Math.min(RUN_BYTES, run.byteSize() - from);
            writeFully(channel, run.asSlice(from, length).asByteBuffer());
        }
    }
}
