package dev.jtangents.io;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32;

/**
 * The beginning of a {@link TensorFile}: 8 bytes by which it is known, the version of this format,
 * the length of the text that follows and its checksum, then kind, version, byte order, properties
 * and where each tensor lies, as {@link DataOutputStream} writes them.
 *
 * @param byteOrder of the tensors
 * @param entries the tensors in the order of the file
 */
record TensorFileHeader(
        String kind,
        int version,
        String byteOrder,
        SequencedMap<String, String> properties,
        List<Entry> entries) {
    private static final byte[] MAGIC = "jtangent".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 1;
    private static final int FIXED = MAGIC.length + 2 * Integer.BYTES + Long.BYTES;
    private static final int LARGEST_TEXT = 1 << 24;

    /** A tensor of the file. */
    record Entry(String name, DType dtype, Shape shape, long offset) {
        long end() {
            return offset + shape.size() * dtype.bytes();
        }
    }

    static TensorFileHeader of(
            String kind,
            int version,
            SequencedMap<String, String> properties,
            SequencedMap<String, Tensor> tensors) {
        String order = ByteOrder.nativeOrder().toString();
        // The length of the text does not depend on the offsets in it.
        List<Entry> anywhere = placed(tensors, 0);
        int length =
                new TensorFileHeader(kind, version, order, properties, anywhere).bytes().length;
        return new TensorFileHeader(kind, version, order, properties, placed(tensors, length));
    }

    private static List<Entry> placed(SequencedMap<String, Tensor> tensors, long start) {
        List<Entry> entries = new ArrayList<>();
        long at = start;
        for (Map.Entry<String, Tensor> named : tensors.sequencedEntrySet()) {
            Tensor tensor = named.getValue();
            entries.add(new Entry(named.getKey(), tensor.dtype(), tensor.shape(), aligned(at)));
            at = entries.getLast().end();
        }
        return entries;
    }

    private static long aligned(long offset) {
        return Math.ceilDiv(offset, Tensor.ALIGNMENT) * Tensor.ALIGNMENT;
    }

    byte[] bytes() {
        byte[] text = text();
        return ByteBuffer.allocate(FIXED + text.length)
                .put(MAGIC)
                .putInt(FORMAT)
                .putInt(text.length)
                .putLong(checksum(text))
                .put(text)
                .array();
    }

    private byte[] text() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(kind);
            out.writeInt(version);
            out.writeUTF(byteOrder);
            out.writeInt(properties.size());
            for (Map.Entry<String, String> property : properties.entrySet()) {
                out.writeUTF(property.getKey());
                out.writeUTF(property.getValue());
            }
            out.writeInt(entries.size());
            for (Entry entry : entries) {
                out.writeUTF(entry.name);
                out.writeUTF(entry.dtype.name());
                out.writeInt(entry.shape.rank());
                for (long extent : entry.shape.extents()) {
                    out.writeLong(extent);
                }
                out.writeLong(entry.offset);
            }
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return bytes.toByteArray();
    }

    private static long checksum(byte[] text) {
        CRC32 crc = new CRC32();
        crc.update(text);
        return crc.getValue();
    }

    /**
     * Reads the header of a file of this length, and checks that all tensors lie within it.
     *
     * @throws InputException when it is no such file, a newer one, damaged or truncated
     */
    static TensorFileHeader read(String source, FileChannel channel, long length)
            throws IOException {
        ByteBuffer fixed = read(channel, 0, (int) Math.min(FIXED, length));
        byte[] magic = new byte[Math.min(MAGIC.length, fixed.limit())];
        fixed.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw Failures.unusable(source, "is no file of jtangents' own, by its first bytes.");
        }
        if (fixed.limit() < FIXED) {
            throw truncated(source, length);
        }
        int format = fixed.getInt();
        if (format > FORMAT) {
            throw newer(source, "format", format, FORMAT);
        }
        int size = fixed.getInt();
        long expected = fixed.getLong();
        if (size < 0 || size > LARGEST_TEXT) {
            throw damaged(source);
        }
        if (length < FIXED + size) {
            throw truncated(source, length);
        }
        byte[] text = read(channel, FIXED, size).array();
        if (checksum(text) != expected) {
            throw damaged(source);
        }
        TensorFileHeader header = parse(text);
        if (header.entries.stream().anyMatch(entry -> entry.end() > length)) {
            throw truncated(source, length);
        }
        return header;
    }

    private static ByteBuffer read(FileChannel channel, long from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {}
        return bytes.flip();
    }

    private static TensorFileHeader parse(byte[] text) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(text));
        String kind = in.readUTF();
        int version = in.readInt();
        String order = in.readUTF();
        SequencedMap<String, String> properties = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            properties.put(in.readUTF(), in.readUTF());
        }
        List<Entry> entries = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            String name = in.readUTF();
            DType dtype = DType.valueOf(in.readUTF());
            long[] extents = new long[in.readInt()];
            for (int axis = 0; axis < extents.length; axis++) {
                extents[axis] = in.readLong();
            }
            entries.add(new Entry(name, dtype, Shape.of(extents), in.readLong()));
        }
        return new TensorFileHeader(kind, version, order, properties, entries);
    }

    /**
     * Refuses what is of another kind, newer, or of another byte order.
     *
     * @throws InputException when it is
     */
    void require(String source, String expected, int newest) {
        if (!kind.equals(expected)) {
            throw Failures.unusable(
                    source, "holds a " + kind + "; expected was a " + expected + ".");
        }
        if (version > newest) {
            throw newer(source, kind, version, newest);
        }
        if (!byteOrder.equals(ByteOrder.nativeOrder().toString())) {
            throw Failures.unusable(
                    source,
                    "comes from a machine of byte order " + byteOrder + ": make it anew here.");
        }
    }

    private static InputException newer(String source, String what, int version, int newest) {
        return Failures.unusable(
                source,
                "was written by a newer version of jtangents ("
                        + what
                        + " "
                        + version
                        + "; this one reads up to "
                        + newest
                        + "): use that version, or make the file anew.");
    }

    private static InputException damaged(String source) {
        return Failures.unusable(source, "is damaged at its beginning: make it anew.");
    }

    private static InputException truncated(String source, long length) {
        return Failures.unusable(
                source,
                "ends after " + length + " bytes, before its data: it is truncated; make it anew.");
    }
}
