package dev.jtangents.io;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A file of named tensors and properties of one kind and version, such as a fitted predictor: its
 * tensors are not read but mapped.
 *
 * <p>The file begins with {@link TensorFileHeader}; the tensors follow, row-major in the machine's
 * byte order, each at a multiple of 64 bytes. Opening checks the header and the length, not the
 * elements. The file must not be changed in place while it is open; replacing it by renaming, as
 * {@link #write} does, is safe.
 */
public final class TensorFile implements AutoCloseable {
    private final Path file;
    private final Arena arena;
    private final Map<String, String> properties;
    private final Map<String, Tensor> tensors;

    private TensorFile(
            Path file, Arena arena, Map<String, String> properties, Map<String, Tensor> tensors) {
        this.file = file;
        this.arena = arena;
        this.properties = properties;
        this.tensors = tensors;
    }

    /**
     * Writes a file, which appears under its name complete or not at all and replaces a file of
     * that name.
     *
     * @param kind what the file holds
     * @param version of the kind
     * @throws UncheckedIOException when it cannot be written; no file is then left or changed
     */
    public static void write(
            Path file,
            String kind,
            int version,
            SequencedMap<String, String> properties,
            SequencedMap<String, Tensor> tensors) {
        TensorFileHeader header = TensorFileHeader.of(kind, version, properties, tensors);
        AtomicFile.write(
                file,
                channel -> {
                    byte[] bytes = header.bytes();
                    RowMajorWriter.writeFully(channel, ByteBuffer.wrap(bytes));
                    long at = bytes.length;
                    for (TensorFileHeader.Entry entry : header.entries()) {
                        pad(channel, entry.offset() - at);
                        Tensor tensor = tensors.get(entry.name());
                        if (tensor != null) {
                            RowMajorWriter.writeElements(channel, tensor);
                        }
                        at = entry.end();
                    }
                });
    }

    private static void pad(WritableByteChannel channel, long bytes) throws IOException {
        RowMajorWriter.writeFully(channel, ByteBuffer.allocate(Math.toIntExact(bytes)));
    }

    /**
     * Opens a file.
     *
     * @param kind what it is to hold
     * @param version the newest version of the kind that is understood
     * @throws InputException when the file cannot be read, is none of these, holds something else,
     *     is newer, comes from a machine of another byte order, or is damaged or truncated
     */
    public static TensorFile open(Path file, String kind, int version) {
        String source = file.toString();
        long length = Failures.regularFileLength(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            TensorFileHeader header = TensorFileHeader.read(source, channel, length);
            header.require(source, kind, version);
            return map(file, channel, header);
        } catch (IOException failure) {
            throw Failures.unreadable(source, failure);
        }
    }

    private static TensorFile map(Path file, FileChannel channel, TensorFileHeader header)
            throws IOException {
        Arena arena = Arena.ofShared();
        try {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (TensorFileHeader.Entry entry : header.entries()) {
                long bytes = entry.end() - entry.offset();
                MemorySegment segment =
                        channel.map(FileChannel.MapMode.READ_ONLY, entry.offset(), bytes, arena);
                Shape shape = entry.shape();
                tensors.put(entry.name(), Tensor.wrap(segment, entry.dtype(), shape));
            }
            return new TensorFile(file, arena, header.properties(), tensors);
        } catch (IOException | RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * A property.
     *
     * @throws InputException when there is none of this name
     */
    public String property(String name) {
        String value = properties.get(name);
        if (value == null) {
            throw Failures.unusable(
                    file.toString(), "lacks the property " + Failures.quote(name) + ".");
        }
        return value;
    }

    /** Whether there is a tensor of this name. */
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /**
     * A tensor, read-only and of the life of this.
     *
     * @throws InputException when there is none of this name
     */
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw Failures.unusable(
                    file.toString(), "lacks the tensor " + Failures.quote(name) + ".");
        }
        return tensor;
    }

    /** Unmaps the tensors. Closing twice is allowed. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
