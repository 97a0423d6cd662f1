package dev.jtangents.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;

/**
 * A file that appears under its name complete or not at all. It is written under a temporary name
 * in the same folder; {@link #commit} makes it durable and renames it, {@link #close} without a
 * commit deletes it, unless it is to be kept.
 */
final class AtomicFile implements AutoCloseable {
    /** Writes the content of a file. */
    @FunctionalInterface
    interface Content {
        /** May close the channel or not. */
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private boolean temporaryGoes = true;

    private AtomicFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /**
     * Writes a file, atomically.
     *
     * @throws UncheckedIOException when that fails; the file is then as it was before
     */
    static void write(Path target, Content content) {
        try (AtomicFile file = create(target)) {
            content.writeTo(file.keptOpen());
            file.commit();
        } catch (IOException failure) {
            throw Failures.unwritable(target, failure);
        }
    }

    /** Opens the temporary file beside a target, which may exist as a regular file. */
    static AtomicFile create(Path target) throws IOException {
        Path real = real(target);
        // Not Files.createTempFile, whose files only their owner may read.
        Path temporary = real.resolveSibling(".jtangents-" + UUID.randomUUID() + ".part");
        return createNew(real, temporary);
    }

    /** Creates a temporary file whose name can be told from that of the target. */
    static AtomicFile createPartial(Path target) throws IOException {
        Path partial = partial(target);
        Files.deleteIfExists(partial);
        return createNew(real(target), partial);
    }

    /** Opens a file of {@link #createPartial} that was kept. */
    static AtomicFile reopenPartial(Path target) throws IOException {
        Path partial = partial(target);
        FileChannel channel =
                FileChannel.open(partial, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new AtomicFile(real(target), partial, channel);
    }

    /** The temporary name that {@link #createPartial} gives. */
    static Path partial(Path target) throws IOException {
        Path real = real(target);
        return real.resolveSibling(real.getFileName() + ".part");
    }

    private static AtomicFile createNew(Path real, Path temporary) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        return new AtomicFile(real, temporary, channel);
    }

    /** The file that a name stands for, which need not exist. */
    private static Path real(Path target) throws IOException {
        boolean exists = Files.exists(target);
        // A symbolic link stays, and the file that it points to is replaced.
        Path real = exists ? target.toRealPath() : target.toAbsolutePath();
        if (exists && !Files.isRegularFile(real)) {
            throw refused(target, Files.isDirectory(real) ? "it is a folder" : "it is a device");
        }
        if (exists && !Files.isWritable(real)) {
            throw refused(target, "the file is write-protected");
        }
        Path folder = real.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw refused(target, "there is no folder " + folder);
        }
        return real;
    }

    private static FileSystemException refused(Path target, String reason) {
        return new FileSystemException(target.toString(), null, reason);
    }

    /** The temporary file, open for reading and writing. */
    FileChannel channel() {
        return channel;
    }

    /**
     * Refuses early what the disk cannot hold.
     *
     * @throws IOException when fewer bytes are free than these
     */
    void requireSpace(long bytes) throws IOException {
        long free = Files.getFileStore(temporary).getUsableSpace();
        if (free < bytes) {
            throw refused(
                    target,
                    String.format(
                            Locale.ROOT,
                            "it needs %.2f GB and the disk has %.2f GB free",
                            bytes / 1e9,
                            free / 1e9));
        }
    }

    /** Makes the content durable and gives the file its name. */
    void commit() throws IOException {
        channel.force(true);
        channel.close();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        temporaryGoes = false;
    }

    /** Lets {@link #close} leave the temporary file. */
    void keep() {
        temporaryGoes = false;
    }

    /** The name of the temporary file. */
    @Override
    public String toString() {
        return temporary.toString();
    }

    /** Deletes the temporary file unless it was committed or is kept. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            if (temporaryGoes) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /** The channel for code that closes what it is given: the file is still to be forced then. */
    private WritableByteChannel keptOpen() {
        return new WritableByteChannel() {
            @Override
            public int write(ByteBuffer bytes) throws IOException {
                return channel.write(bytes);
            }

            @Override
            public boolean isOpen() {
                return channel.isOpen();
            }

            @Override
            public void close() {}
        };
    }
}
