package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files that tests read: those that NumPy wrote, and bytes put together by hand. */
final class Samples {
    /** The values of every sample of whole numbers, of shape (2, 3, 4). */
    static final double[] WHOLE = IntStream.range(0, 24).asDoubleStream().toArray();

    /** The values of every sample of real numbers, of shape (2, 3, 4). */
    static final double[] REAL = IntStream.range(0, 24).mapToDouble(i -> i - 7.25).toArray();

    private Samples() {}

    /** A file of the resource folder {@code io}. */
    static Path file(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(Samples.class.getResource("/io/" + name), name).toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(file(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The bytes of an .npy file with any header at all, and zeros for data. */
    static byte[] npy(int version, String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        int lengthBytes = version == 1 ? 2 : 4;
        byte[] length = new byte[lengthBytes];
        length[0] = (byte) text.length;
        length[1] = (byte) (text.length >> 8);
        return concat(
                new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0},
                length,
                text,
                new byte[dataBytes]);
    }

    /** The bytes of an .npy file with this shape in its header, and zeros for data. */
    static byte[] npyOfShape(String shape, int dataBytes) {
        return npy(
                1, "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }", dataBytes);
    }

    static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return bytes.toByteArray();
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zipped = new GZIPOutputStream(bytes)) {
            zipped.write(content);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return bytes.toByteArray();
    }

    /** The bytes of an IDX file: type, extents, then zeros for data. */
    static byte[] idx(int type, int dataBytes, int... extents) {
        ByteBuffer header = ByteBuffer.allocate(4 + 4 * extents.length);
        header.putShort((short) 0).put((byte) type).put((byte) extents.length);
        IntStream.of(extents).forEach(header::putInt);
        return concat(header.array(), new byte[dataBytes]);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The names in a folder, sorted. */
    static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** A message stands for itself: one line, a sentence, with the file's name in it. */
    static void assertMessageNames(String name, Exception failure) {
        assertSays(name, failure);
        String message = String.valueOf(failure.getMessage());
        assertFalse(message.contains("\n"), message);
        assertFalse(message.contains(": null"), message);
        assertTrue(message.endsWith("."), message);
    }

    /** A message has this part. */
    static void assertSays(String part, Exception failure) {
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(part), message);
    }

    /** A tensor of this shape with the values 0, 1, 2 and so on. */
    static Tensor counting(long... shape) {
        int size = (int) Shape.of(shape).size();
        return Tensor.of(IntStream.range(0, size).asDoubleStream().toArray(), shape);
    }
}
