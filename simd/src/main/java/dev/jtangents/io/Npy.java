package dev.jtangents.io;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.IntStream;

/**
 * NumPy's .npy files: one array each, versions 1.0 to 3.0 of the format, of truth values, integers
 * or floating-point numbers of 32 or 64 bits, in either byte order. Bytes after the data are
 * ignored, as NumPy ignores them.
 */
public final class Npy {
    private Npy() {}

    /**
     * The array of a file, in f32 for 32-bit floats, truth values and integers of up to 16 bits,
     * else in f64. The tensor is row-major and owns its memory; the caller closes it.
     *
     * <p>Floating-point numbers in row-major order and the machine's byte order are not copied but
     * mapped: the tensor then cannot be written to, and the file must not be changed in place while
     * the tensor is in use (replacing it by renaming, as {@link #write} does, is safe).
     *
     * @throws InputException when the file cannot be read, is no .npy file, holds something else
     *     than numbers or is shorter than its header says
     */
    public static Tensor read(Path file) {
        return readAs(file, null);
    }

    /**
     * The array of a file in the given type, converted when it is stored in another one; else as
     * {@link #read(Path)}.
     *
     * @throws InputException when {@link #read(Path)} would throw it
     */
    public static Tensor read(Path file, DType dtype) {
        return readAs(file, dtype);
    }

    private static Tensor readAs(Path file, @Nullable DType requested) {
        String source = file.toString();
        long length = Failures.regularFileLength(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            InputStream stream = new BufferedInputStream(Channels.newInputStream(channel));
            NpyHeader header = NpyHeader.read(source, stream, length);
            DType dtype = requested == null ? header.type().dtype() : requested;
            return isMappable(header, dtype)
                    ? rowMajor(source, header, map(channel, header), dtype)
                    : readData(source, header, stream, dtype);
        } catch (IOException failure) {
            throw Failures.unreadable(source, failure);
        }
    }

    /**
     * The array of an .npy file that arrives as a stream.
     *
     * @param length the bytes of the stream, or a bound
     */
    static Tensor read(String source, InputStream stream, long length) throws IOException {
        NpyHeader header = NpyHeader.read(source, stream, length);
        return readData(source, header, stream, header.type().dtype());
    }

    private static Tensor readData(String source, NpyHeader header, InputStream stream, DType dtype)
            throws IOException {
        Tensor stored =
                StoredElements.read(
                        source, stream, header.type(), header.order(), header.storedShape(), dtype);
        return rowMajor(source, header, stored, dtype);
    }

    private static boolean isMappable(NpyHeader header, DType dtype) {
        DType stored = header.type().dtype();
        return header.type().isStoredAs(stored)
                && header.order() == ByteOrder.nativeOrder()
                && (stored == dtype || header.fortranOrder());
    }

    private static Tensor map(FileChannel channel, NpyHeader header) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            long bytes = header.shape().size() * header.type().bytes();
            MemorySegment segment =
                    channel.map(FileChannel.MapMode.READ_ONLY, header.dataOffset(), bytes, arena);
            return Tensor.adopt(arena, segment, header.type().dtype(), header.storedShape());
        } catch (IOException | RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    /** The stored array as it is, or a row-major copy of an array in Fortran order. */
    private static Tensor rowMajor(String source, NpyHeader header, Tensor stored, DType dtype) {
        if (!header.fortranOrder()) {
            return stored;
        }
        int rank = header.shape().rank();
        int[] reversed = IntStream.range(0, rank).map(axis -> rank - 1 - axis).toArray();
        try (stored) {
            return Failures.naming(source, () -> stored.transpose(reversed).copy(dtype));
        }
    }

    /**
     * Writes a tensor, row-major in its own type and the machine's byte order, so that {@code
     * numpy.load} reads it. The file appears under its name complete or not at all, and replaces a
     * file of that name.
     *
     * @throws UncheckedIOException when it cannot be written; no file is then left or changed
     */
    public static void write(Path file, Tensor tensor) {
        AtomicFile.write(file, channel -> RowMajorWriter.writeNpy(channel, tensor));
    }

    /**
     * Begins an .npy file for an array that does not fit in memory, zero at first; the caller
     * writes to its tensor, commits it and closes it.
     *
     * @throws UncheckedIOException when it cannot be written here, or fewer bytes are free than the
     *     array needs
     */
    public static NpyFile create(Path file, DType dtype, Shape shape) {
        return NpyFile.create(file, dtype, shape);
    }

    /**
     * As {@link #create}, under a temporary name that {@link #partial} tells; a file of that name
     * is replaced. One that is kept can be {@linkplain #reopenPartial reopened}; the caller sees to
     * it that no two are written at once.
     *
     * @throws UncheckedIOException as {@link #create} does
     */
    public static NpyFile createPartial(Path file, DType dtype, Shape shape) {
        return NpyFile.createPartial(file, dtype, shape);
    }

    /**
     * Goes on with a file of {@link #createPartial} that was kept, or left by a process that was
     * killed; its tensor has what was written to it. Closing it without a commit leaves it.
     *
     * @throws InputException when the file is of another size, dtype or shape
     * @throws UncheckedIOException when it cannot be opened
     */
    public static NpyFile reopenPartial(Path file, DType dtype, Shape shape) {
        return NpyFile.reopenPartial(file, dtype, shape);
    }

    /**
     * Where {@link #createPartial} writes what becomes this file: beside it, with .part after its
     * name.
     *
     * @throws UncheckedIOException when this cannot be a file
     */
    public static Path partial(Path file) {
        try {
            return AtomicFile.partial(file);
        } catch (IOException failure) {
            throw Failures.unwritable(file, failure);
        }
    }
}
