package dev.jtangents.io;

import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Tensor;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's .npz files: ZIP archives of .npy files, one named array each, compressed or not. Names
 * are only names: nothing is ever unpacked to disk. Entries that are no .npy files are ignored.
 */
public final class Npz {
    private static final String SUFFIX = ".npy";

    /** The first moment of ZIP, so that the same arrays make the same file. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    /** Uses an archive whose entries are the arrays by name. */
    private interface Use<T> {
        T of(ZipFile archive, SequencedMap<String, ZipEntry> entries) throws IOException;
    }

    /**
     * The names of the arrays of a file, in the order of the file.
     *
     * @throws InputException when the file cannot be read, is no ZIP archive or holds no array
     */
    public static List<String> names(Path file) {
        return open(file, (_, entries) -> List.copyOf(entries.keySet()));
    }

    /**
     * One array of a file; of the type that {@link Npy#read(Path)} chooses. The tensor owns its
     * memory; the caller closes it.
     *
     * @throws InputException when the file cannot be read, has no array of this name, or the array
     *     is damaged
     */
    public static Tensor read(Path file, String name) {
        return open(
                file,
                (archive, entries) -> {
                    ZipEntry entry = entries.get(name);
                    if (entry == null) {
                        throw Failures.unusable(
                                file.toString(),
                                "holds no array "
                                        + Failures.quote(name)
                                        + "; it holds "
                                        + Failures.list(entries.keySet())
                                        + ".");
                    }
                    return readEntry(file, archive, name, entry);
                });
    }

    /**
     * All arrays of a file, in the order of the file. Each tensor owns its memory; the caller
     * closes every one of them. When one array cannot be read, none is left open.
     *
     * @throws InputException when the file cannot be read, holds no array, or an array is damaged
     */
    public static SequencedMap<String, Tensor> read(Path file) {
        return open(
                file,
                (archive, entries) -> {
                    SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
                    try {
                        for (Map.Entry<String, ZipEntry> entry : entries.entrySet()) {
                            String name = entry.getKey();
                            arrays.put(name, readEntry(file, archive, name, entry.getValue()));
                        }
                    } catch (IOException | RuntimeException | Error failure) {
                        arrays.values().forEach(Tensor::close);
                        throw failure;
                    }
                    return Collections.unmodifiableSequencedMap(arrays);
                });
    }

    private static <T> T open(Path file, Use<T> use) {
        String source = file.toString();
        if (Failures.regularFileLength(file) == 0) {
            throw Failures.unusable(source, "is empty; expected an .npz file.");
        }
        try (ZipFile archive = new ZipFile(file.toFile())) {
            SequencedMap<String, ZipEntry> entries = new LinkedHashMap<>();
            for (ZipEntry entry : Collections.list(archive.entries())) {
                if (entry.getName().endsWith(SUFFIX)) {
                    String entryName = entry.getName();
                    String name = entryName.substring(0, entryName.length() - SUFFIX.length());
                    if (entries.put(name, entry) != null) {
                        throw Failures.unusable(
                                source, "holds two arrays named " + Failures.quote(name) + ".");
                    }
                }
            }
            if (entries.isEmpty()) {
                throw Failures.unusable(
                        source,
                        "holds no array among its "
                                + archive.size()
                                + " entries; write it with numpy.savez.");
            }
            return use.of(archive, entries);
        } catch (IOException failure) {
            throw new InputException(
                    source
                            + ": cannot be read as an .npz file (a ZIP archive of arrays): "
                            + failure.getMessage()
                            + ".",
                    failure);
        }
    }

    private static Tensor readEntry(Path file, ZipFile archive, String name, ZipEntry entry)
            throws IOException {
        String source = file + ":" + Failures.quote(name);
        long compressed = Math.min(entry.getCompressedSize(), Failures.regularFileLength(file));
        long limit =
                entry.getMethod() == ZipEntry.STORED
                        ? compressed
                        : StoredElements.inflatedLimit(compressed);
        long length = Math.min(entry.getSize(), limit);
        try (InputStream raw = archive.getInputStream(entry);
                CheckedInputStream bytes = new CheckedInputStream(raw, new CRC32())) {
            Tensor tensor = Npy.read(source, new BufferedInputStream(bytes), length);
            try {
                // Java checks no sums of archives that it reads entry by entry.
                bytes.transferTo(OutputStream.nullOutputStream());
                if (bytes.getChecksum().getValue() != entry.getCrc()) {
                    throw Failures.unusable(
                            source, "is damaged: its checksum is wrong; fetch or write it again.");
                }
                return tensor;
            } catch (IOException | RuntimeException | Error failure) {
                tensor.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw Failures.unreadable(source, failure);
        }
    }

    /**
     * Writes arrays under their names in the order of the map, uncompressed as {@code numpy.savez}
     * does, so that {@code numpy.load} reads them; each row-major in its own type. The file appears
     * under its name complete or not at all, and replaces a file of that name.
     *
     * @throws InputException when a name is empty or longer than ZIP allows
     * @throws UncheckedIOException when it cannot be written; no file is then left or changed
     */
    public static void write(Path file, Map<String, Tensor> arrays) {
        AtomicFile.write(
                file,
                channel -> {
                    OutputStream stream = Channels.newOutputStream(channel);
                    try (ZipOutputStream zip =
                            new ZipOutputStream(new BufferedOutputStream(stream, 1 << 16))) {
                        for (Map.Entry<String, Tensor> array : arrays.entrySet()) {
                            zip.putNextEntry(entry(file, array.getKey(), array.getValue()));
                            RowMajorWriter.writeNpy(Channels.newChannel(zip), array.getValue());
                            zip.closeEntry();
                        }
                    }
                });
    }

    /** An uncompressed entry, whose size and checksum come before its data. */
    private static ZipEntry entry(Path file, String name, Tensor tensor) throws IOException {
        ZipEntry entry;
        try {
            entry = new ZipEntry(name + SUFFIX);
        } catch (IllegalArgumentException tooLong) {
            throw new InputException(
                    file + ": the name of an array is too long for an .npz file.", tooLong);
        }
        if (name.isEmpty()) {
            throw Failures.unusable(file.toString(), "an array in an .npz file needs a name.");
        }
        Checksum checksum = new Checksum();
        RowMajorWriter.writeNpy(checksum, tensor);
        entry.setTimeLocal(TIME);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(checksum.length);
        entry.setCompressedSize(checksum.length);
        entry.setCrc(checksum.sum.getValue());
        return entry;
    }

    /** Takes bytes only to count and to sum them. */
    private static final class Checksum implements WritableByteChannel {
        private final CRC32 sum = new CRC32();
        private long length;

        @Override
        public int write(ByteBuffer bytes) {
            int count = bytes.remaining();
            sum.update(bytes);
            length += count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
