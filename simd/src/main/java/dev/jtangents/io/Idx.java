package dev.jtangents.io;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/**
 * The IDX files in which MNIST and its relatives come: a magic number that gives element type and
 * rank, the extents, then the elements, all big-endian. A file that gzip has compressed is known by
 * its first bytes, whatever its name.
 */
public final class Idx {
    private static final int BUFFER_BYTES = 1 << 16;

    private Idx() {}

    /**
     * The array of a file in the file's shape; pixels keep their values 0 to 255. Integers of up to
     * 16 bits and 32-bit floats are read as f32, all others as f64. The tensor owns its memory; the
     * caller closes it.
     *
     * @throws InputException when the file cannot be read, is no IDX file, or is shorter or longer
     *     than its header says
     */
    public static Tensor read(Path file) {
        String source = file.toString();
        long length = Failures.regularFileLength(file);
        try (InputStream stored = Files.newInputStream(file);
                InputStream start = new BufferedInputStream(stored, BUFFER_BYTES)) {
            start.mark(2);
            boolean zipped = isGzip(start.readNBytes(2));
            start.reset();
            return zipped
                    ? readZipped(source, start, StoredElements.inflatedLimit(length))
                    : readStream(source, start, length);
        } catch (IOException failure) {
            throw Failures.unreadable(source, failure);
        }
    }

    private static Tensor readZipped(String source, InputStream zipped, long limit)
            throws IOException {
        try (InputStream stream = new GZIPInputStream(zipped, BUFFER_BYTES)) {
            return readStream(source, stream, limit);
        }
    }

    /** Whether bytes begin as gzip's do. */
    static boolean isGzip(byte[] bytes) {
        return bytes.length >= 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
    }

    /** Whether bytes begin as an IDX file does. */
    static boolean isMagic(byte[] bytes) {
        return bytes.length >= 4 && bytes[0] == 0 && bytes[1] == 0 && type(bytes[2]) != null;
    }

    private static Tensor readStream(String source, InputStream stream, long limit)
            throws IOException {
        byte[] magic = stream.readNBytes(4);
        ElementType type = isMagic(magic) ? type(magic[2]) : null;
        if (type == null) {
            throw Failures.unusable(
                    source,
                    magic.length == 0
                            ? "is empty; expected an IDX file."
                            : "is no IDX file: it begins with the bytes "
                                    + HexFormat.ofDelimiter(" ").formatHex(magic)
                                    + "; expected 00 00, an element type (08 to 0e), a rank.");
        }
        int rank = Byte.toUnsignedInt(magic[3]);
        byte[] extents = stream.readNBytes(rank * Integer.BYTES);
        if (extents.length < rank * Integer.BYTES) {
            throw Failures.unusable(
                    source, "ends inside the " + rank + " extents of its header; it is truncated.");
        }
        Shape shape = shape(source, ByteBuffer.wrap(extents));
        long needed = type.bytes(source, shape);
        long available = limit - 4 - extents.length;
        if (needed > available) {
            throw Failures.unusable(
                    source,
                    "claims shape "
                            + shape
                            + ", which needs "
                            + needed
                            + " bytes; at most "
                            + available
                            + " follow the header. The file is truncated; fetch it again.");
        }
        Tensor tensor =
                StoredElements.read(
                        source, stream, type, ByteOrder.BIG_ENDIAN, shape, type.dtype());
        try {
            // At the end of the stream gzip checks its sum.
            if (stream.read() >= 0) {
                throw Failures.unusable(
                        source, "goes on after the data of shape " + shape + "; it is damaged.");
            }
            return tensor;
        } catch (IOException | RuntimeException | Error failure) {
            tensor.close();
            throw failure;
        }
    }

    private static Shape shape(String source, ByteBuffer extents) {
        long[] shape = new long[extents.remaining() / Integer.BYTES];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = Integer.toUnsignedLong(extents.getInt());
        }
        return Failures.naming(source, () -> Shape.of(shape));
    }

    private static @Nullable ElementType type(byte code) {
        return switch (code) {
            case 0x08 -> ElementType.U1;
            case 0x09 -> ElementType.I1;
            case 0x0B -> ElementType.I2;
            case 0x0C -> ElementType.I4;
            case 0x0D -> ElementType.F4;
            case 0x0E -> ElementType.F8;
            default -> null;
        };
    }
}
