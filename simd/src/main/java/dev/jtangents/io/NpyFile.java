package dev.jtangents.io;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.Shape;
import dev.jtangents.tensor.Tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An .npy file being written in place, for arrays that do not fit in memory: a tensor mapped onto a
 * temporary file in the target's folder. {@link #commit} gives the file its name; {@link #close}
 * without a commit deletes it. Parts that are never written are zero and take no space on disk.
 *
 * <p>Any thread may write to the tensor; commit and close come after all of them. A disk that fills
 * up while the array is being written shows as an {@link InternalError} of the writing thread.
 *
 * <pre>{@code
 * try (NpyFile file = Npy.create(path, DType.F32, Shape.of(60_000, 60_000))) {
 *     Tensor kernel = file.tensor();
 *     ...
 *     file.commit();
 * }
 * }</pre>
 */
public final class NpyFile implements AutoCloseable {
    private final Path name;
    private final AtomicFile file;
    private final Arena arena;
    private final MemorySegment segment;
    private final Tensor tensor;

    private NpyFile(Path name, AtomicFile file, Arena arena, MemorySegment segment, Tensor tensor) {
        this.name = name;
        this.file = file;
        this.arena = arena;
        this.segment = segment;
        this.tensor = tensor;
    }

    /** Opens the temporary file of a target. */
    @FunctionalInterface
    private interface Opening {
        AtomicFile open(Path target) throws IOException;
    }

    static NpyFile create(Path name, DType dtype, Shape shape) {
        return open(name, dtype, shape, AtomicFile::create, true);
    }

    static NpyFile createPartial(Path name, DType dtype, Shape shape) {
        return open(name, dtype, shape, AtomicFile::createPartial, true);
    }

    static NpyFile reopenPartial(Path name, DType dtype, Shape shape) {
        return open(name, dtype, shape, AtomicFile::reopenPartial, false);
    }

    private static NpyFile open(
            Path name, DType dtype, Shape shape, Opening opening, boolean isNew) {
        byte[] header = NpyHeader.bytes(dtype, shape);
        long bytes = ElementType.of(dtype).bytes(name.toString(), shape);
        try {
            AtomicFile file = opening.open(name);
            Arena arena = Arena.ofShared();
            try {
                if (isNew) {
                    extend(file, header, bytes);
                } else {
                    file.keep();
                    requireSame(file, header, bytes);
                }
                MemorySegment segment = map(file.channel(), header.length, bytes, arena);
                Tensor tensor = Tensor.wrap(segment, dtype, shape);
                return new NpyFile(name, file, arena, segment, tensor);
            } catch (IOException | RuntimeException | Error failure) {
                arena.close();
                file.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw Failures.unwritable(name, failure);
        }
    }

    /** Gives a new file its header and its length. */
    private static void extend(AtomicFile file, byte[] header, long bytes) throws IOException {
        file.requireSpace(bytes);
        RowMajorWriter.writeFully(file.channel(), ByteBuffer.wrap(header));
        if (bytes > 0) {
            file.channel().write(ByteBuffer.allocate(1), header.length + bytes - 1);
        }
    }

    /** Refuses a file that {@link #extend} has not made so. */
    private static void requireSame(AtomicFile file, byte[] header, long bytes) throws IOException {
        long length = file.channel().size();
        if (length != header.length + bytes) {
            throw Failures.unusable(
                    file.toString(),
                    "has "
                            + length
                            + " bytes; the unfinished array that it should hold has "
                            + (header.length + bytes)
                            + ". It was cut off or belongs to something else: delete it to begin"
                            + " anew.");
        }
        ByteBuffer found = ByteBuffer.allocate(header.length);
        while (found.hasRemaining() && file.channel().read(found, found.position()) >= 0) {}
        if (!Arrays.equals(found.array(), header)) {
            throw Failures.unusable(
                    file.toString(),
                    "does not begin as the unfinished array that it should hold: delete it to begin"
                            + " anew.");
        }
    }

    private static MemorySegment map(FileChannel channel, long offset, long bytes, Arena arena)
            throws IOException {
        if (bytes == 0) {
            return MemorySegment.NULL;
        }
        return channel.map(FileChannel.MapMode.READ_WRITE, offset, bytes, arena);
    }

    /**
     * The array, zero at first, in row-major order; borrowed from this file: usable by any thread
     * until {@link #commit} or {@link #close}.
     */
    public Tensor tensor() {
        return tensor;
    }

    /**
     * Makes the array durable and gives the file its name, replacing a file of that name. The
     * tensor cannot be used afterwards.
     *
     * @throws IllegalStateException when the file was committed or closed before
     * @throws UncheckedIOException when that fails; no file is then left or changed under the name
     */
    public void commit() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException(name + " was committed or closed before.");
        }
        try {
            force();
            arena.close();
            file.commit();
        } catch (UncheckedIOException failure) {
            throw Failures.unwritable(name, Failures.cause(failure));
        } catch (IOException failure) {
            throw Failures.unwritable(name, failure);
        }
    }

    /**
     * Makes what has been written to the array so far durable; other threads may go on writing.
     *
     * @throws UncheckedIOException when that fails
     */
    public void force() {
        if (segment.isMapped()) {
            segment.force();
        }
    }

    /** Lets {@link #close} leave the temporary file, for {@link Npy#reopenPartial}. */
    public void keep() {
        file.keep();
    }

    /**
     * Unmaps the array and, unless it was committed or is kept, deletes it. Closing twice is
     * allowed.
     *
     * @throws UncheckedIOException when the temporary file cannot be deleted
     */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        try {
            file.close();
        } catch (IOException failure) {
            throw Failures.unwritable(name, failure);
        }
    }
}
